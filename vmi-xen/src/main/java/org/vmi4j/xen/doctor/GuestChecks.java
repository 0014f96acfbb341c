package org.vmi4j.xen.doctor;

import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Handle;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.LibXenFlask;
import org.vmi4j.xen.lib.LibXenForeignMemory;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.DomainInfo;

/** Checks that the hypervisor permits introspection. */
final class GuestChecks {
  private static final int CONTROL_DOMAIN = 0;

  /** Where the memory of an Arm guest begins ({@code public/arch-arm.h}). */
  private static final long FIRST_ARM_FRAME = 0x40000;

  private final XenHost host;
  private final List<Check> checks = new ArrayList<>();
  private Optional<DomainInfo> largest = Optional.empty();

  GuestChecks(XenHost host) {
    this.host = host;
  }

  List<Check> examine() {
    Libraries libraries = new Libraries(host);
    try (Hypervisor hypervisor = Hypervisor.open(host, libraries)) {
      List<DomainInfo> domains = hypervisor.domains();
      long memory = domains.stream().mapToLong(DomainInfo::memory).sum();
      checks.add(
          Check.ok(
              "control of domains",
              domains.size() + " domains with " + (memory >> 20) + " MiB together"));
      largest =
          domains.stream()
              .filter(domain -> domain.id() != CONTROL_DOMAIN && !domain.isDying())
              .max(Comparator.comparingLong(DomainInfo::memory));
      flask(hypervisor, libraries);
      if (largest.isPresent()) {
        checks.add(memory(largest.get(), libraries));
      }
    } catch (VmiException e) {
      checks.add(Check.failed("control of domains", "refused", e.getMessage()));
    }
    return checks;
  }

  /** The guest with the most memory, once the checks were made. */
  Optional<DomainInfo> largest() {
    return largest;
  }

  private void flask(Hypervisor hypervisor, Libraries libraries) {
    String name = "XSM";
    OptionalLong mode;
    try {
      mode = LibXenFlask.mode(hypervisor.handle(), libraries);
    } catch (VmiException e) {
      checks.add(Check.warning(name, "not known", e.getMessage()));
      return;
    }
    if (mode.isEmpty()) {
      checks.add(Check.ok(name, "no Flask policy: the control domain may do everything"));
    } else if (mode.getAsLong() == 0) {
      checks.add(
          Check.ok(
              name, "Flask, permissive: what its policy forbids is logged (xl dmesg) and done"));
    } else {
      checks.add(
          Check.ok(
              name,
              "Flask, enforcing: only what its policy allows this domain; \"xl dmesg\" shows what was"
                  + " denied"));
    }
  }

  /** Maps a page of a guest as every read of memory does, and unmaps it unread. */
  private static Check memory(DomainInfo guest, Libraries libraries) {
    String name = "memory of guests";
    LibXenForeignMemory.bind(libraries);
    long address = LibXenForeignMemory.xenforeignmemory_open(0, 0);
    if (address == 0) {
      return Check.failed(name, "cannot be mapped", Errno.explainOpen(Native.getLastError()));
    }
    Handle handle = new Handle("Xen's memory device", address);
    try {
      int[] errors = new int[1];
      long[] frame = {firstFrame(guest)};
      long result =
          Errno.retry(
              () ->
                  handle.use(
                      value -> {
                        long page =
                            LibXenForeignMemory.xenforeignmemory_map(
                                value, guest.id(), LibC.PROT_READ, 1, frame, errors);
                        return page == 0 ? -1 : page;
                      }));
      if (result > 0) {
        handle.use(value -> LibXenForeignMemory.xenforeignmemory_unmap(value, result, 1));
      }
      int error = result > 0 ? -errors[0] : (int) -result;
      return result > 0 && error != Errno.EPERM && error != Errno.EACCES
          ? Check.ok(name, "can be mapped; tried with domain " + guest.id())
          : Check.failed(name, "domain " + guest.id() + " cannot be mapped", Errno.explain(error));
    } finally {
      handle.close(LibXenForeignMemory::xenforeignmemory_close);
    }
  }

  /** A frame that is likely present; of a paravirtual guest, one of the machine that is its own. */
  private static long firstFrame(DomainInfo guest) {
    if (Hypervisor.hostArchitecture() == Architecture.AARCH64) {
      return FIRST_ARM_FRAME;
    }
    return guest.isParavirtual() ? guest.sharedInfoFrame() : 0;
  }
}
