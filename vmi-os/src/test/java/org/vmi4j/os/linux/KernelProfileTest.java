package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.KernelProfile;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;

/** What a profile for other programs says of where the kernel is. */
class KernelProfileTest {
  private static long boundary(Symbols symbols) {
    return symbols.address("startup_64").orElseThrow()
        - symbols.address("phys_startup_64").orElseThrow();
  }

  /** As LibVMI does: from the boundary to the page tables, and through them back to the start. */
  @Test
  void theBoundaryLeadsToThePageTablesOfTheRunningKernel() {
    try (Vm vm = Vmi.open(GuestFiles.bundled().uri())) {
      Kernel kernel = Linux.detect(vm).kernel();
      Symbols symbols = KernelProfile.asRunning(kernel).symbols();
      long root = symbols.address("init_top_pgt").orElseThrow() - boundary(symbols);
      AddressSpace tables =
          AddressSpace.of(vm.physicalMemory(), kernel.addressSpace().mode(), root);
      long start = tables.lookup(symbols.address("startup_64").orElseThrow());
      assertThat(Lookup.physical(start))
          .isEqualTo(symbols.address("phys_startup_64").orElseThrow());
      assertThat(symbols.count()).isEqualTo(kernel.profile().symbols().count() + 1);
    }
  }

  /** As since the start is in the init text, which Linux frees after boot (7.2). */
  @Test
  void theStartMayBeUnmapped() {
    try (Vm vm = Vmi.open(GuestFiles.bundled().uri())) {
      Kernel kernel = Linux.detect(vm).kernel();
      long image = kernel.profile().symbols().address("_text").orElseThrow();
      long unmapped = image + (512 << 20);
      assertThat(Lookup.isMapped(kernel.addressSpace().lookup(unmapped))).isFalse();
      SymbolsBuilder symbols = new SymbolsBuilder(2);
      symbols.add("_text", image, 'T');
      symbols.add("startup_64", unmapped, 't');
      Kernel freed =
          new Kernel(
              kernel.architecture(),
              kernel.release(),
              kernel.banner(),
              kernel.buildId(),
              kernel.virtualOffset(),
              kernel.physicalOffset(),
              kernel.addressSpace(),
              kernel.profile().withSymbols(symbols.build()),
              kernel.evidence());
      assertThat(boundary(KernelProfile.asRunning(freed).symbols()))
          .isEqualTo(boundary(KernelProfile.asRunning(kernel).symbols()));
      assertThat(boundary(KernelProfile.asLinked(freed).symbols()))
          .isEqualTo(0xffff_ffff_8000_0000L);
    }
  }

  @Test
  void withoutKaslrTheyAreApartByTheMapOfTheKernel() {
    try (Vm vm = Vmi.open(GuestFiles.bundled().uri())) {
      Kernel kernel = Linux.detect(vm).kernel();
      Profile linked = KernelProfile.asLinked(kernel);
      // Documentation/arch/x86/x86_64/mm.rst: where the image is mapped from physical address 0.
      assertThat(boundary(linked.symbols())).isEqualTo(0xffff_ffff_8000_0000L);
      assertThat(linked.symbols().address("_text")).hasValue(0xffff_ffff_8100_0000L);
      assertThat(linked.identity()).isEqualTo(kernel.profile().identity()).isPresent();
    }
  }
}
