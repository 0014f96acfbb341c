package org.vmi4j.xen.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.XenRelease;

/** What Xen reports of a domain, switched on and off by the functions that its release has. */
final class Monitors {
  private static final int EFER = 0xc000_0080;
  private static final long ALL_BITS = 0;

  private final Session session;
  private final Libraries libraries;
  private final EventFeatures features;
  private final Steps steps;
  private final XenRelease release;

  /** What is on, by what it concerns. */
  private final Map<Object, Monitor> on = new LinkedHashMap<>();

  Monitors(Session session, Libraries libraries, EventFeatures features, Steps steps) {
    this.session = session;
    this.libraries = libraries;
    this.features = features;
    this.steps = steps;
    this.release = session.domain().hypervisor().release();
  }

  /** Monitors of the same thing replace each other. */
  private static Object subject(Monitor monitor) {
    if (monitor instanceof Monitor.RegisterWrites writes) {
      return writes.register();
    }
    return monitor instanceof Monitor.MsrWrites writes ? writes.msr() : monitor.kind();
  }

  void enable(Monitor monitor) {
    Object subject = subject(monitor);
    Monitor before = on.get(subject);
    if (monitor.equals(before)) {
      return;
    }
    check(monitor);
    if (before != null) {
      disable(before);
    }
    if (monitor.kind() == EventKind.SINGLE_STEP) {
      // Before it is done: what fails halfway is undone too.
      on.put(subject, monitor);
      steps.stepAll();
      return;
    }
    long result = session.attempt(call(monitor, true));
    // Somebody left it on.
    if (result < 0 && result != -Errno.EEXIST) {
      throw session.failure("cannot monitor " + describe(monitor), result);
    }
    on.put(subject, monitor);
  }

  void disable(Monitor monitor) {
    Monitor active = on.remove(subject(monitor));
    if (active == null) {
      return;
    }
    if (active.kind() == EventKind.SINGLE_STEP) {
      steps.stopAll();
      return;
    }
    long result = session.attempt(call(active, false));
    if (result < 0 && result != -Errno.EEXIST) {
      throw session.failure("cannot end monitoring " + describe(active), result);
    }
  }

  /** Switches everything off. */
  void end() {
    Failures failures = new Failures();
    List.copyOf(on.values()).forEach(monitor -> failures.collect(() -> disable(monitor)));
    failures.throwAny();
  }

  private void check(Monitor monitor) {
    EventKind kind = monitor.kind();
    if (kind == EventKind.MEMORY_ACCESS
        || kind == EventKind.INTERRUPT
        || kind == EventKind.UNKNOWN) {
      throw new VmiException("events of the kind " + kind + " are not asked for by a monitor");
    }
    if (!features.kinds().contains(kind)) {
      throw new VmiException(
          "the domain "
              + session.domain()
              + " does not report events of the kind "
              + kind
              + ": "
              + features.missing().getOrDefault(kind.toString(), "its Xen cannot"));
    }
    if (monitor instanceof Monitor.MsrWrites writes
        && writes.msr() == EFER
        && !features.singleStep()) {
      // Xen then stops intercepting reads of it, and the guest writes back what it must not.
      throw new VmiException(
          "writes to the MSR EFER are not monitored on AMD: Xen would let the guest read the"
              + " processor's own value, and end it when it writes that back");
    }
  }

  private static String describe(Monitor monitor) {
    return monitor instanceof Monitor.MsrWrites writes
        ? "the MSR 0x" + Integer.toHexString(writes.msr())
        : monitor instanceof Monitor.RegisterWrites writes
            ? "the register " + writes.register().label()
            : "events of the kind " + monitor.kind();
  }

  private LongUnaryOperator call(Monitor monitor, boolean enable) {
    int id = session.domain().id();
    int flag = enable ? 1 : 0;
    if (monitor instanceof Monitor.RegisterWrites writes) {
      return registerWrites(id, flag, writes);
    }
    if (monitor instanceof Monitor.MsrWrites writes) {
      int changes = writes.changesOnly() ? 1 : 0;
      return release.isAtLeast(4, 11)
          ? h -> LibXenMonitor.xc_monitor_mov_to_msr(h, id, writes.msr(), flag, changes)
          : h -> LibXenMonitor.xc_monitor_mov_to_msr(h, id, writes.msr(), flag);
    }
    int waits = ((Monitor.All) monitor).waits() ? 1 : 0;
    return switch (monitor.kind()) {
      case BREAKPOINT -> h -> LibXenMonitor.xc_monitor_software_breakpoint(h, id, flag);
      case DEBUG_EXCEPTION -> h -> LibXenMonitor.xc_monitor_debug_exceptions(h, id, flag, waits);
      case CPUID -> h -> LibXenMonitor.xc_monitor_cpuid(h, id, flag);
      case PRIVILEGED_CALL -> h -> LibXenMonitor.xc_monitor_privileged_call(h, id, flag);
      case GUEST_REQUEST ->
          release.isAtLeast(4, 10)
              ? h -> LibXenMonitor.xc_monitor_guest_request(h, id, flag, waits, 1)
              : h -> LibXenMonitor.xc_monitor_guest_request(h, id, flag, waits);
      case DESCRIPTOR_ACCESS -> {
        LibXenMonitor.DescriptorAccess.bind(libraries);
        yield h -> LibXenMonitor.DescriptorAccess.xc_monitor_descriptor_access(h, id, flag);
      }
      case EMULATION_FAILURE -> {
        LibXenMonitor.EmulUnimplemented.bind(libraries);
        yield h -> LibXenMonitor.EmulUnimplemented.xc_monitor_emul_unimplemented(h, id, flag);
      }
      case VM_EXIT -> {
        LibXenMonitor.VmExit.bind(libraries);
        yield h -> LibXenMonitor.VmExit.xc_monitor_vmexit(h, id, flag, waits);
      }
      case IO -> {
        LibXenMonitor.Io.bind(libraries);
        yield h -> LibXenMonitor.Io.xc_monitor_io(h, id, flag);
      }
      default -> throw new IllegalArgumentException(monitor.toString());
    };
  }

  private LongUnaryOperator registerWrites(int id, int flag, Monitor.RegisterWrites writes) {
    short index = index(writes);
    int waits = writes.waits() ? 1 : 0;
    int changes = writes.changesOnly() ? 1 : 0;
    return release.isAtLeast(4, 10)
        ? h -> LibXenMonitor.xc_monitor_write_ctrlreg(h, id, index, flag, waits, ALL_BITS, changes)
        : h -> LibXenMonitor.xc_monitor_write_ctrlreg(h, id, index, flag, waits, changes);
  }

  /** The number of a register: VM_EVENT_X86_CR0 and following. */
  private static short index(Monitor.RegisterWrites writes) {
    if (writes.register() == X86.CR0) {
      return 0;
    }
    if (writes.register() == X86.CR3) {
      return 1;
    }
    if (writes.register() == X86.CR4) {
      return 2;
    }
    if (writes.register() == X86.XCR0) {
      return 3;
    }
    throw new VmiException(
        "writes to the register "
            + writes.register().label()
            + " are not reported; those to cr0, cr3, cr4 and xcr0 are");
  }
}
