package org.vmi4j.os.linux.kernel;

import java.util.OptionalLong;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;

/**
 * The profile of a kernel for other programs. On x86-64 it has {@code phys_startup_64} (vmlinux's
 * linker script, arch/x86/kernel/vmlinux.lds.S), which kallsyms leaves out: with {@code startup_64}
 * it gives the distance between virtual and physical addresses of the image, from which LibVMI
 * finds the page tables.
 */
public final class KernelProfile {
  private static final String VIRTUAL_START = "startup_64";
  private static final String IMAGE = "_text";
  private static final String PHYSICAL_START = "phys_startup_64";

  private KernelProfile() {}

  /** Returns the profile for every boot of the kernel: addresses as linked, without KASLR. */
  public static Profile asLinked(Kernel kernel) {
    Symbols running = kernel.profile().symbols();
    return profile(kernel, running.shifted(-kernel.virtualOffset()), -kernel.physicalOffset());
  }

  /** Returns the profile for this boot: addresses as relocated by KASLR, virtual and physical. */
  public static Profile asRunning(Kernel kernel) {
    return profile(kernel, kernel.profile().symbols(), 0);
  }

  private static Profile profile(Kernel kernel, Symbols symbols, long physicalShift) {
    OptionalLong physicalStart = physicalStart(kernel);
    if (physicalStart.isEmpty()) {
      return kernel.profile().withSymbols(symbols);
    }
    SymbolsBuilder all = new SymbolsBuilder(symbols.count() + 1);
    symbols
        .all()
        .filter(symbol -> !symbol.name().equals(PHYSICAL_START))
        .forEach(symbol -> all.add(symbol.name(), symbol.address(), symbol.kind()));
    all.add(PHYSICAL_START, physicalStart.getAsLong() + physicalShift, 'A');
    return kernel.profile().withSymbols(all.build());
  }

  /**
   * Returns the physical address of the start. The image is contiguous in both memories, and its
   * text stays mapped. The start may not: in Linux 7.2 it is in the init text, which is freed.
   */
  private static OptionalLong physicalStart(Kernel kernel) {
    Symbols symbols = kernel.profile().symbols();
    OptionalLong start = symbols.address(VIRTUAL_START);
    OptionalLong image = symbols.address(IMAGE);
    if (start.isEmpty() || image.isEmpty()) {
      return OptionalLong.empty();
    }
    long lookup = kernel.addressSpace().lookup(image.getAsLong());
    return Lookup.isMapped(lookup)
        ? OptionalLong.of(Lookup.physical(lookup) + start.getAsLong() - image.getAsLong())
        : OptionalLong.empty();
  }
}
