package org.vmi4j.os.linux.detect;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.ArmAddressSpaces;
import org.vmi4j.api.paging.PagingMode;

/**
 * The page tables that a processor is in, as far as Linux keeps its kernel there.
 *
 * @param space what the tables show
 * @param imageFrom the lowest address at which they may show the kernel's image
 * @param imageLast the highest
 * @param imagePiece how much of the image is in one piece in physical memory, at the least
 */
record ProcessorTables(AddressSpace space, long imageFrom, long imageLast, long imagePiece) {
  /** All processors of a machine share their kernel: there is no use in a hundred of them. */
  private static final int MAX_TABLES = 16;

  private static final long CR4_LA57 = 1 << 12;

  /** How much of x86-64's addresses is kept for the image (KERNEL_IMAGE_SIZE). */
  private static final long X86_IMAGE_SPACE = 1L << 30;

  /** What frames a paravirtual guest of Xen has, and in which order, is up to Xen. */
  private static final long X86_IMAGE_PIECE = 1 << 12;

  /** With page-table isolation the user's table is the page behind the kernel's. */
  private static final long X86_USER_TABLE = 1 << 12;

  /**
   * With page-table isolation the user's table, tramp_pg_dir, lies one or two pages before the
   * kernel's, swapper_pg_dir (arch/arm64/kernel/vmlinux.lds.S of Linux 5.10 to 6.12).
   */
  private static final int ARM64_USER_TABLE_PAGES = 2;

  /** A kernel for 52 bits puts its image where processors of 48 bits can have it (VA_BITS_MIN). */
  private static final int ARM64_IMAGE_BITS = 48;

  /**
   * The image lies among all that the kernel maps at the time, but what is in one piece there is
   * hardly code: modules are put together of single pages, devices are no code. The image is
   * (Documentation/arch/arm64/booting.rst), and its code and constants are more in every kernel
   * that brings its types along.
   */
  private static final long ARM64_IMAGE_PIECE = 4 << 20;

  /** What is read out of a processor: the root of its tables, and CR4 or TCR_EL1. */
  private record Roots(long table, long control) {}

  /** Those of all processors that are up, without repetition, the likeliest ones first. */
  static List<ProcessorTables> of(Vm vm, Architecture architecture) {
    boolean arm = architecture == Architecture.AARCH64;
    Set<Roots> roots = new LinkedHashSet<>();
    Register table = arm ? Arm64.TTBR1_EL1 : X86.CR3;
    Register control = arm ? Arm64.TCR_EL1 : X86.CR4;
    for (Vcpu vcpu : vm.find(Vcpus.class).map(Vcpus::all).orElse(List.of())) {
      RegisterValues values = vcpu.registers();
      values.find(table).ifPresent(value -> roots.add(new Roots(value, values.getOr(control, 0))));
    }
    return roots.stream()
        .flatMap(each -> arm ? arm64(vm.physicalMemory(), each) : x86(vm.physicalMemory(), each))
        .limit(MAX_TABLES)
        .toList();
  }

  private static Stream<ProcessorTables> x86(PhysicalMemory memory, Roots roots) {
    PagingMode mode = (roots.control & CR4_LA57) != 0 ? PagingMode.X86_64_LA57 : PagingMode.X86_64;
    long root = mode.rootOf(roots.table);
    return LongStream.of(root & ~X86_USER_TABLE, root)
        .distinct()
        .mapToObj(
            table ->
                new ProcessorTables(
                    AddressSpace.of(memory, mode, table),
                    LinuxDetector.KERNEL_MAP,
                    LinuxDetector.KERNEL_MAP + X86_IMAGE_SPACE - 1,
                    X86_IMAGE_PIECE));
  }

  /** The lower half of the kernel's addresses shows all memory; the upper half has the image. */
  private static Stream<ProcessorTables> arm64(PhysicalMemory memory, Roots roots) {
    try {
      int bits = Math.min(ArmAddressSpaces.aarch64HighBits(roots.control), ARM64_IMAGE_BITS);
      long page = ArmAddressSpaces.aarch64HighPageSize(roots.control);
      List<ProcessorTables> tables = new ArrayList<>();
      for (int behind = 0; behind <= ARM64_USER_TABLE_PAGES; behind++) {
        long root = roots.table + behind * page;
        tables.add(
            new ProcessorTables(
                ArmAddressSpaces.aarch64(memory, 0, root, roots.control),
                -1L << bits - 1,
                -1L,
                ARM64_IMAGE_PIECE));
      }
      return tables.stream();
    } catch (VmiException notSetUp) {
      return Stream.empty();
    }
  }
}
