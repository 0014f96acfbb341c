package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.kallsyms.Kallsyms;

/**
 * Looks for an x86-64 kernel from where its processors are: their page tables show its image, the
 * image holds its symbols, and a symbol leads to VMCOREINFO. On a machine that runs, this spares
 * mapping all of its memory, of which the image is a few windows.
 */
final class ProcessorSearch {
  private static final long IMAGE_SPACE = 1L << 30;

  /** With page-table isolation the user's table is the page behind the kernel's. */
  private static final long USER_TABLE = 1 << 12;

  private static final long CR4_LA57 = 1 << 12;

  private ProcessorSearch() {}

  /**
   * What was found.
   *
   * @param info the kernel's VMCOREINFO
   * @param symbols the kernel's symbols, as it runs
   */
  record Found(VmcoreInfo info, Symbols symbols) {}

  /** Looks through the tables of every processor until one shows the kernel. */
  static Optional<Found> find(Vm vm) {
    if (vm.architecture().filter(Architecture.X86_64::equals).isEmpty()) {
      return Optional.empty();
    }
    return spaces(vm).stream().flatMap(space -> in(space).stream()).findFirst();
  }

  private static List<AddressSpace> spaces(Vm vm) {
    List<AddressSpace> spaces = new ArrayList<>();
    for (Registers registers : vm.find(Vcpus.class).map(Vcpus::registers).orElse(List.of())) {
      OptionalLong cr3 = registers.value("cr3");
      if (cr3.isPresent()) {
        boolean five = (registers.value("cr4").orElse(0) & CR4_LA57) != 0;
        PagingMode mode = five ? PagingMode.X86_64_LA57 : PagingMode.X86_64;
        long root = mode.rootOf(cr3.getAsLong());
        spaces.add(AddressSpace.of(vm.memory(), mode, root & ~USER_TABLE));
        if ((root & USER_TABLE) != 0) {
          spaces.add(AddressSpace.of(vm.memory(), mode, root));
        }
      }
    }
    return spaces;
  }

  private static Optional<Found> in(AddressSpace space) {
    long[] start = new long[1];
    space.forEachPage(
        LinuxDetector.KERNEL_MAP,
        LinuxDetector.KERNEL_MAP + IMAGE_SPACE - 1,
        (va, pa, length) -> {
          start[0] = va;
          return false;
        });
    if (start[0] == 0) {
      return Optional.empty();
    }
    try {
      return new KernelImage(space, start[0])
          .kallsyms()
          .flatMap(tables -> byPointer(space, Kallsyms.decode(space, tables)));
    } catch (VmiException notReadable) {
      // The search of all memory may still find it.
      return Optional.empty();
    }
  }

  /** The text is in a page of its own: kernel/crash_core.c. */
  private static Optional<Found> byPointer(AddressSpace space, Symbols symbols) {
    OptionalLong pointer = symbols.address("vmcoreinfo_data");
    return pointer.isEmpty()
        ? Optional.empty()
        : VmcoreInfo.at(space, space.readLong(pointer.getAsLong()))
            .map(info -> new Found(info, symbols));
  }
}
