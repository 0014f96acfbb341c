package org.vmi4j.os.linux.detect;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.memory.Addressing;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.ArmAddressSpaces;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.paging.SoftwareEntries;
import org.vmi4j.os.linux.arch.LinuxSoftwareEntries;

/**
 * Finds the page tables of a kernel that has VMCOREINFO. Where they lie in physical memory follows
 * from that, or else from a processor's registers: a paravirtual guest of Xen counts frames in a
 * way of its own, and only its processors know where its tables really are. What is found is
 * believed when the kernel can be read through it.
 */
final class KernelTables {
  private static final byte[] SYSTEM_NAME = {'L', 'i', 'n', 'u', 'x', 0};

  /** The name is behind a reference count in some releases. */
  private static final int NAME_WITHIN = 64;

  /** TBI0: Linux lets programs use the top byte of their addresses. */
  private static final long TCR_TBI0 = 1L << 37;

  private final Vm vm;
  private final VmcoreInfo info;
  private final Architecture architecture;
  private final SoftwareEntries softwareEntries;

  KernelTables(Vm vm, VmcoreInfo info, Architecture architecture) {
    this.vm = vm;
    this.info = info;
    this.architecture = architecture;
    this.softwareEntries =
        architecture == Architecture.AARCH64
            ? LinuxSoftwareEntries.aarch64(info.text("OSRELEASE").orElse(""))
            : vm.physicalMemory().addressing() == Addressing.MACHINE
                ? LinuxSoftwareEntries.X86_64_PARAVIRTUAL
                : LinuxSoftwareEntries.X86_64;
  }

  /** The kernel's own address space. */
  Optional<AddressSpace> find() {
    return told()
        .map(space -> space.with(softwareEntries))
        .filter(this::showsTheKernel)
        .or(() -> ofProcessors().filter(this::showsTheKernel).findFirst().map(this::own));
  }

  private Optional<AddressSpace> told() {
    OptionalLong top = topTable();
    if (top.isEmpty()) {
      return Optional.empty();
    }
    if (architecture == Architecture.AARCH64) {
      OptionalLong offset = info.number("kimage_voffset");
      OptionalLong tcr = tcr();
      return offset.isPresent() && tcr.isPresent()
          ? Optional.of(
              ArmAddressSpaces.aarch64(
                  vm.physicalMemory(), 0, top.getAsLong() - offset.getAsLong(), tcr.getAsLong()))
          : Optional.empty();
    }
    OptionalLong base = info.number("phys_base");
    return base.isPresent()
        ? Optional.of(x86(top.getAsLong() - LinuxDetector.KERNEL_MAP + base.getAsLong()))
        : Optional.empty();
  }

  private OptionalLong topTable() {
    OptionalLong table = info.symbol("init_top_pgt");
    return table.isPresent() ? table : info.symbol("swapper_pg_dir");
  }

  /** The address spaces that the processors are in, as far as the kernel is concerned. */
  private Stream<AddressSpace> ofProcessors() {
    return ProcessorTables.of(vm, architecture).stream()
        .map(tables -> tables.space().with(softwareEntries));
  }

  private AddressSpace x86(long root) {
    boolean five = info.number("pgtable_l5_enabled").orElse(0) != 0;
    return AddressSpace.of(
        vm.physicalMemory(), five ? PagingMode.X86_64_LA57 : PagingMode.X86_64, root);
  }

  /** TCR_EL1 as arch/arm64/mm/proc.S sets it: sizes, and the granules, which are coded unlike. */
  private OptionalLong tcr() {
    OptionalLong size = info.number("TCR_EL1_T1SZ");
    if (size.isEmpty() && info.number("VA_BITS").isPresent()) {
      size = OptionalLong.of(Long.SIZE - info.number("VA_BITS").getAsLong());
    }
    long granules =
        switch (info.text("PAGESIZE").orElse("")) {
          case "4096" -> 2L << 30;
          case "16384" -> 2L << 14 | 1L << 30;
          case "65536" -> 1L << 14 | 3L << 30;
          default -> 0;
        };
    return size.isPresent() && granules != 0 && size.getAsLong() >>> 6 == 0
        ? OptionalLong.of(size.getAsLong() | size.getAsLong() << 16 | granules | TCR_TBI0)
        : OptionalLong.empty();
  }

  /** The kernel calls itself Linux in init_uts_ns, which VMCOREINFO always tells. */
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

  /** A process's tables go with the process: the kernel's own ones, as those show them. */
  private AddressSpace own(AddressSpace seen) {
    OptionalLong top = topTable();
    long lookup = top.isPresent() ? seen.lookup(top.getAsLong()) : -1;
    if (architecture == Architecture.AARCH64 || !Lookup.isMapped(lookup)) {
      return seen;
    }
    AddressSpace own = x86(Lookup.physical(lookup)).with(softwareEntries);
    return showsTheKernel(own) ? own : seen;
  }
}
