package org.vmi4j.os.linux.detect;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.vmi4j.api.Vm;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.SoftwareEntries;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.ProcessorTables;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;

/**
 * Finds the page tables of a kernel that has VMCOREINFO. Their physical address is derived from
 * VMCOREINFO, or else from a processor's registers: a paravirtual guest of Xen uses pseudo-physical
 * frame numbers, and only its processors hold the machine address of its tables. A candidate is
 * accepted if the kernel can be read through it.
 */
final class KernelTables {
  private static final byte[] SYSTEM_NAME = {'L', 'i', 'n', 'u', 'x', 0};

  /** In some releases the name follows a reference count. */
  private static final int NAME_WITHIN = 64;

  private final Vm vm;
  private final VmcoreInfo info;
  private final LinuxArch arch;
  private final SoftwareEntries softwareEntries;

  KernelTables(Vm vm, VmcoreInfo info, LinuxArch arch) {
    this.vm = vm;
    this.info = info;
    this.arch = arch;
    this.softwareEntries = arch.softwareEntries(vm.physicalMemory(), info);
  }

  /** Returns the kernel's own address space. */
  Optional<AddressSpace> find() {
    return arch.kernelSpace(vm.physicalMemory(), info)
        .map(space -> space.with(softwareEntries))
        .filter(this::showsTheKernel)
        .or(() -> ofProcessors().filter(this::showsTheKernel).findFirst().map(this::own));
  }

  /** Returns the kernel's part of the address spaces that the processors use. */
  private Stream<AddressSpace> ofProcessors() {
    return ProcessorTables.of(vm, arch).stream()
        .map(tables -> tables.space().with(softwareEntries));
  }

  /** Returns whether init_uts_ns, which VMCOREINFO always names, holds the system name Linux. */
  private boolean showsTheKernel(AddressSpace space) {
    OptionalLong names = info.symbol("init_uts_ns");
    if (names.isEmpty()) {
      return false;
    }
    byte[] bytes = new byte[NAME_WITHIN];
    int length = space.readAvailable(names.getAsLong(), bytes, 0, bytes.length);
    for (int i = 0; i <= length - SYSTEM_NAME.length; i++) {
      if (Arrays.equals(bytes, i, i + SYSTEM_NAME.length, SYSTEM_NAME, 0, SYSTEM_NAME.length)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the kernel's own page tables, found through those of a process. */
  private AddressSpace own(AddressSpace seen) {
    return arch.kernelSpace(seen, info)
        .map(space -> space.with(softwareEntries))
        .filter(this::showsTheKernel)
        .orElse(seen);
  }
}
