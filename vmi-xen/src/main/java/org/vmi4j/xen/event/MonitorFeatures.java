package org.vmi4j.xen.event;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenAltP2m;
import org.vmi4j.xen.lib.LibXenMemAccess;
import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xen.lib.Libraries;

/** Asks Xen what it can report of a domain. No call here changes anything. */
final class MonitorFeatures {
  private static final String NEEDS_INTEL =
      "Xen has it on x86 with Intel's VMX and EPT only, for guests with hardware virtualization";
  private static final String NO_PV =
      "Xen reports no events of paravirtual guests; run the guest as PVH or HVM";

  /** {@code XEN_DOMCTL_MONITOR_EVENT_*} of {@code public/domctl.h}. */
  private static final Map<EventKind, Integer> BITS = bits();

  private final XenDomain domain;
  private final Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
  private final Set<Action> actions = EnumSet.of(Action.RESUME);
  private final Map<String, String> missing = new LinkedHashMap<>();
  private boolean views;

  private static Map<EventKind, Integer> bits() {
    Map<EventKind, Integer> bits = new EnumMap<>(EventKind.class);
    bits.put(EventKind.REGISTER_WRITE, 0);
    bits.put(EventKind.MSR_WRITE, 1);
    bits.put(EventKind.SINGLE_STEP, 2);
    bits.put(EventKind.BREAKPOINT, 3);
    bits.put(EventKind.GUEST_REQUEST, 4);
    bits.put(EventKind.DEBUG_EXCEPTION, 5);
    bits.put(EventKind.CPUID, 6);
    bits.put(EventKind.PRIVILEGED_CALL, 7);
    bits.put(EventKind.DESCRIPTOR_ACCESS, 9);
    bits.put(EventKind.EMULATION_FAILURE, 10);
    bits.put(EventKind.VM_EXIT, 12);
    bits.put(EventKind.IO, 13);
    return bits;
  }

  private MonitorFeatures(XenDomain domain) {
    this.domain = domain;
  }

  /** Asks for the features of a domain. */
  static EventFeatures of(XenDomain domain, Libraries libraries) {
    MonitorFeatures features = new MonitorFeatures(domain);
    if (domain.info().isParavirtual()) {
      features.missing.put("events", NO_PV);
      return features.result();
    }
    LibXenMonitor.bind(libraries);
    LibXenMemAccess.bind(libraries);
    domain.requireRunning();
    features.askForKinds();
    features.askForMemoryAccess();
    if (Hypervisor.hostArchitecture() == Architecture.X86_64) {
      LibXenAltP2m.bind(libraries);
      features.askForViews();
      features.addActions();
    } else {
      features.missing.put("views", NEEDS_INTEL);
      features.missing.put("emulate", "Xen emulates instructions on x86 only");
    }
    return features.result();
  }

  private EventFeatures result() {
    boolean steps = kinds.contains(EventKind.SINGLE_STEP);
    boolean intoView = steps && views && domain.hypervisor().release().isAtLeast(4, 14);
    if (steps && views && !intoView) {
      missing.put("step-into-view", "Xen has it since 4.14");
    }
    return new EventFeatures(kinds, actions, steps, intoView, !kinds.isEmpty(), missing);
  }

  private void askForKinds() {
    int[] bits = new int[1];
    long result =
        Errno.retry(
            () ->
                domain
                    .hypervisor()
                    .handle()
                    .use(h -> LibXenMonitor.xc_monitor_get_capabilities(h, domain.id(), bits)));
    if (result < 0) {
      throw domain.failure("cannot ask for the events", result);
    }
    BITS.forEach(
        (kind, bit) -> {
          if ((bits[0] & 1 << bit) != 0) {
            kinds.add(kind);
          } else {
            missing.put(kind.toString(), why(kind));
          }
        });
    missing.put(
        EventKind.INTERRUPT.toString(),
        "Xen reports the next one only, when an answer asks for it");
  }

  private static String why(EventKind kind) {
    return switch (kind) {
      case SINGLE_STEP -> NEEDS_INTEL + ", by the monitor trap flag";
      case PRIVILEGED_CALL -> "only processors of Arm have it";
      case VM_EXIT -> "Xen has it on x86 since 4.17";
      case IO -> "Xen has it on x86 since 4.18";
      case DESCRIPTOR_ACCESS -> "Xen has it on x86 since 4.9";
      case EMULATION_FAILURE -> "Xen has it on x86 since 4.10";
      default -> "Xen has it on x86, for guests with hardware virtualization";
    };
  }

  /** Xen refuses the question where it has no such rights, and after that if nobody monitors. */
  private void askForMemoryAccess() {
    int[] access = new int[1];
    long result =
        Errno.retry(
            () ->
                domain
                    .hypervisor()
                    .handle()
                    .use(h -> LibXenMemAccess.xc_get_mem_access(h, domain.id(), 0, access)));
    if (result == -Errno.ENOSYS || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
      missing.put(
          EventKind.MEMORY_ACCESS.toString(),
          result == -Errno.ENOSYS
              ? "this Xen is built without CONFIG_MEM_ACCESS"
              : NEEDS_INTEL + ", and on Arm");
    } else {
      kinds.add(EventKind.MEMORY_ACCESS);
    }
  }

  private void askForViews() {
    byte[] state = new byte[1];
    domain.requireRunning();
    long result =
        Errno.retry(
            () ->
                domain
                    .hypervisor()
                    .handle()
                    .use(h -> LibXenAltP2m.xc_altp2m_get_domain_state(h, domain.id(), state)));
    views = result >= 0;
    if (result == -Errno.EINVAL) {
      missing.put(
          "views",
          "the configuration of the domain does not permit them; write altp2m=\"external\" into it,"
              + " and start the domain again");
    } else if (!views) {
      missing.put("views", NEEDS_INTEL + ", and with the option altp2m=1 of the hypervisor");
    }
  }

  private void addActions() {
    if (kinds.contains(EventKind.REGISTER_WRITE) || kinds.contains(EventKind.MSR_WRITE)) {
      actions.add(Action.DENY);
    }
    if (kinds.contains(EventKind.MEMORY_ACCESS) || kinds.contains(EventKind.DESCRIPTOR_ACCESS)) {
      actions.add(Action.EMULATE);
      actions.add(Action.EMULATE_WITHOUT_WRITE);
    }
    if (kinds.contains(EventKind.BREAKPOINT) || kinds.contains(EventKind.DEBUG_EXCEPTION)) {
      actions.add(Action.REINJECT);
    }
  }
}
