package org.vmi4j.api.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.memory.FakeMemory;

/** What others got wrong in the page walks of x86, one test each. */
class X86TrapsTest {
  private static final long ROOT = 0x1000;
  private static final long NX = 1L << 63;

  private final FakeMemory memory = new FakeMemory(1L << 40, true);

  private AddressSpace space(PagingMode mode) {
    return AddressSpace.of(memory.open(), mode, ROOT);
  }

  /** Four-level tables for address 0: each entry leads to the next page. */
  private FakeMemory longTables() {
    return memory.putLong(ROOT, 0x2067).putLong(0x2000, 0x3067).putLong(0x3000, 0x4067);
  }

  private static long pa(AddressSpace space, long va) {
    long lookup = space.lookup(va);
    assertThat(space.translate(va).physical().isPresent()).isEqualTo(Lookup.isMapped(lookup));
    return Lookup.isMapped(lookup) ? Lookup.physical(lookup) : -1;
  }

  @Test
  void pointersAreAsWideAsTheModeOrTheProgramSays() {
    longTables().putLong(0x4000, 0x5067).putLong(0x5008, 0x8765_4321_fedc_ba98L);
    AddressSpace space = space(PagingMode.X86_64);
    assertThat(space.readPointer(8)).isEqualTo(0x8765_4321_fedc_ba98L);
    AddressSpace program = space.withPointerSize(4).with(SoftwareEntries.NONE).withLowRoot(ROOT);
    assertThat(program.readPointer(8)).isEqualTo(0xfedc_ba98L);
    assertThat(space(PagingMode.X86_PAE).pointerSize()).isEqualTo(4);
    assertThat(space(PagingMode.X86_32_PSE).pointerSize()).isEqualTo(4);
    assertThat(space(PagingMode.ARM_LPAE).pointerSize()).isEqualTo(4);
    assertThat(space(PagingMode.ARM_SHORT).pointerSize()).isEqualTo(4);
    assertThat(space(PagingMode.aarch64(16, 32, false)).pointerSize()).isEqualTo(8);
  }

  @Test
  void thePatBitOfALargePageIsNoAddressBit() {
    longTables().putLong(0x3000, 0x4000_0000L | 0x1000 | 0xe3);
    AddressSpace space = space(PagingMode.X86_64);
    assertThat(pa(space, 0x12345)).isEqualTo(0x4001_2345L);
    assertThat(Lookup.pageSize(space.lookup(0))).isEqualTo(2 << 20);
  }

  @Test
  void reservedBitsOfALargePageAreAFault() {
    longTables().putLong(0x3000, 0x4000_0000L | 0x2000 | 0xe3);
    assertThat(space(PagingMode.X86_64).translate(0)).isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void aGigabytePageIsOne() {
    longTables().putLong(0x2000, 0x1_4000_0000L | 0xe3 | NX);
    AddressSpace space = space(PagingMode.X86_64);
    assertThat(pa(space, 0x1234_5678)).isEqualTo(0x1_5234_5678L);
    assertThat(Lookup.pageSize(space.lookup(0))).isEqualTo(1 << 30);
  }

  @Test
  void thereIsNoLargePageInThePml4() {
    longTables().putLong(ROOT, 0x2067 | 0x80);
    assertThat(space(PagingMode.X86_64).translate(0)).isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void addressesThatAreNotCanonicalAreRefused() {
    longTables().putLong(0x4000, 0x5067);
    AddressSpace four = space(PagingMode.X86_64);
    assertThat(pa(four, 0)).isEqualTo(0x5000);
    assertThat(four.translate(0x8000_0000_0000L)).isInstanceOf(Translation.NonCanonical.class);
    assertThat(four.translate(1L << 56)).isInstanceOf(Translation.NonCanonical.class);
    assertThat(four.translate(0xffff_8000_0000_0000L)).isInstanceOf(Translation.NotPresent.class);
    AddressSpace five = space(PagingMode.X86_64_LA57);
    assertThat(five.translate(0x8000_0000_0000L)).isInstanceOf(Translation.NotPresent.class);
    assertThat(five.translate(1L << 56)).isInstanceOf(Translation.NonCanonical.class);
  }

  @Test
  void cr3LosesItsFlagsPcidLamAndNoFlushBits() {
    long cr3 = 1L << 63 | 3L << 61 | 0x12_3456_7000L | 0x0fff;
    assertThat(PagingMode.X86_64.rootOf(cr3)).isEqualTo(0x12_3456_7000L);
    assertThat(PagingMode.X86_PAE.rootOf(0x1234_5678_9abc_deffL)).isEqualTo(0x9abc_dee0L);
    assertThat(PagingMode.X86_32.rootOf(0xffff_ffffL)).isEqualTo(0xffff_f000L);
  }

  @Test
  void bitsAboveTheProcessorsPhysicalAddressesAreReserved() {
    longTables().putLong(0x4000, 1L << 40 | 0x5067);
    assertThat(pa(space(PagingMode.X86_64), 0)).isEqualTo(1L << 40 | 0x5000);
    assertThat(space(PagingMode.x86Long(4, 40)).translate(0))
        .isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void controlRegistersTellTheMode() {
    long pg = 1L << 31;
    long pae = 1 << 5;
    long la57 = 1 << 12;
    assertThat(X86AddressSpaces.mode(0, pae, 0)).isSameAs(PagingMode.NONE);
    assertThat(X86AddressSpaces.mode(pg, 0, 0)).isSameAs(PagingMode.X86_32);
    assertThat(X86AddressSpaces.mode(pg, 1 << 4, 0)).isSameAs(PagingMode.X86_32_PSE36);
    // LME alone is not enough: the processor is not in long mode yet.
    assertThat(X86AddressSpaces.mode(pg, pae, 1 << 8)).isSameAs(PagingMode.X86_PAE);
    assertThat(X86AddressSpaces.mode(pg, pae, 1 << 10)).isSameAs(PagingMode.X86_64);
    assertThat(X86AddressSpaces.mode(pg, pae | la57, 1 << 10)).isSameAs(PagingMode.X86_64_LA57);
  }

  @Test
  void withoutPagingAnAddressIsItself() {
    assertThat(pa(space(PagingMode.NONE), 0x12_3456)).isEqualTo(0x12_3456);
  }

  @Test
  void paePagesLieAboveFourGigabytes() {
    memory.putLong(ROOT + 8, 0x2001).putLong(0x2000, 0x12_3440_0000L | 0xe3);
    AddressSpace space = space(PagingMode.X86_PAE);
    assertThat(pa(space, 0x4000_0123L)).isEqualTo(0x12_3440_0123L);
    memory.putLong(0x2000, 0x9_0000_3067L).putLong(0x9_0000_3000L, 0x8_7654_3067L);
    assertThat(pa(space(PagingMode.X86_PAE), 0x4000_0123L)).isEqualTo(0x8_7654_3123L);
  }

  @Test
  void aPaeDirectoryThatIsNotPresentMapsNothing() {
    memory.putLong(ROOT + 8, 0x2000).putLong(0, 0x67);
    AddressSpace space = space(PagingMode.X86_PAE);
    assertThat(space.translate(0x4000_0000L)).isInstanceOf(Translation.NotPresent.class);
    assertThat(Lookup.span(space.lookup(0x4000_0000L))).isEqualTo(1 << 30);
  }

  @Test
  void thePaeTableMayLieAnywhereAtThirtyTwoBytes() {
    memory.putLong(0x1_0060, 0x2001).putLong(0x2000, 0x40_0000 | 0xe3);
    AddressSpace space = AddressSpace.of(memory.open(), PagingMode.X86_PAE, 0x1_0060);
    assertThat(pa(space, 5)).isEqualTo(0x40_0005);
  }

  @Test
  void theDirectoriesOfPaeHaveNoRightsOfTheirOwn() {
    memory.putLong(ROOT, 0x2001).putLong(0x2000, 0x40_0000 | 0xe7);
    Translation translation = space(PagingMode.X86_PAE).translate(0);
    assertThat(translation).isInstanceOf(Translation.Mapped.class);
    assertThat(((Translation.Mapped) translation).access()).hasToString("rwxu");
    memory.putLong(ROOT, 0x2003);
    assertThat(space(PagingMode.X86_PAE).translate(0)).isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void fourMegabytePagesTakePse() {
    memory.putInt(0x1000, 0x0080_00e3).putInt(0x80_0000, 0x5067);
    assertThat(pa(space(PagingMode.X86_32_PSE), 0x12_3456)).isEqualTo(0x92_3456);
    assertThat(pa(space(PagingMode.X86_32), 0x123)).isEqualTo(0x5123);
  }

  @Test
  void pse36HasEightMoreAddressBits() {
    memory.putInt(0x1000, 0x0080_00e3 | 0x15 << 13);
    assertThat(pa(space(PagingMode.X86_32_PSE36), 0x12_3456)).isEqualTo(0x15_0092_3456L);
    assertThat(space(PagingMode.X86_32_PSE).translate(0)).isInstanceOf(Translation.Reserved.class);
    memory.putInt(0x1000, 0x0080_00e3 | 1 << 21);
    assertThat(space(PagingMode.X86_32_PSE36).translate(0))
        .isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void rightsAreThoseOfAllLevels() {
    longTables().putLong(0x2000, 0x3065).putLong(0x4000, 0x5067 | NX);
    Translation.Mapped mapped = (Translation.Mapped) space(PagingMode.X86_64).translate(0);
    assertThat(mapped.access()).hasToString("r--u");
    assertThat(mapped.entries()).hasSize(4);
    assertThat(mapped.entries().get(3).address()).isEqualTo(0x4000);
    assertThat(mapped.entries().get(3).flags()).contains("4 KiB page", "no execute");
  }

  @Test
  void aTableOutsideMemoryIsNamed() {
    longTables().putLong(0x2000, 0x7777_7777_7067L);
    Translation translation = space(PagingMode.X86_64).translate(0);
    assertThat(translation).isInstanceOf(Translation.TableAbsent.class);
    assertThat(translation.explanation()).contains("PD").contains("0x777777777000");
    assertThat(Lookup.isMapped(space(PagingMode.X86_64).lookup(0))).isFalse();
  }

  @Test
  void tablesThatPointAtThemselvesEnd() {
    memory.putLong(ROOT, ROOT | 0x67);
    AddressSpace space = space(PagingMode.X86_64);
    assertThat(pa(space, 0)).isEqualTo(ROOT);
    long[] pages = new long[1];
    space.forEachPage(0, -1, (va, pa, length) -> ++pages[0] < 1000);
    assertThat(pages[0]).isLessThanOrEqualTo(1000);
  }

  @Test
  void tablesThatMapThemselvesEndWithTheirBudget() {
    FakeMemory small = new FakeMemory(1 << 24, true);
    for (int i = 0; i < 512; i++) {
      small.putLong(ROOT + 8L * i, ROOT | 3);
    }
    AddressSpace space = AddressSpace.of(small.open(), PagingMode.X86_64, ROOT);
    long[] bytes = new long[1];
    assertThatThrownBy(
            () ->
                space.forEachPage(
                    0,
                    -1,
                    (va, pa, length) -> {
                      bytes[0] += length;
                      return true;
                    }))
        .isInstanceOf(PageBudgetExceededException.class)
        .hasMessageContaining("damaged");
    assertThat(bytes[0]).isEqualTo(1L << 30);
  }

  /**
   * Three levels of one table, under them one in which nothing is mapped: 2^36 entries to visit.
   */
  @Test
  void tablesThatMapNothingForeverEndWithTheirBudget() {
    FakeMemory small = new FakeMemory(1 << 24, true);
    for (int i = 0; i < 512; i++) {
      small.putLong(ROOT + 8L * i, 0x2000 | 3);
      small.putLong(0x2000 + 8L * i, 0x3000 | 3);
      small.putLong(0x3000 + 8L * i, 0x4000 | 3);
    }
    AddressSpace space = AddressSpace.of(small.open(), PagingMode.X86_64, ROOT);
    assertThatThrownBy(() -> space.forEachPage(0, -1, (va, pa, length) -> true))
        .isInstanceOf(PageBudgetExceededException.class);
    assertThatThrownBy(
            () ->
                space.forEachPage(
                    0,
                    -1,
                    PageBudget.of(space.physicalMemory()),
                    (done, total) -> {
                      throw new CancellationException();
                    },
                    (va, pa, length) -> true))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void eptEntriesArePresentByAnyRight() {
    memory.putLong(ROOT, 0x2004).putLong(0x2000, 0x3004).putLong(0x3000, 0x4004);
    memory.putLong(0x4000, 0x5000 | 0x34);
    Translation.Mapped mapped = (Translation.Mapped) space(PagingMode.EPT4).translate(0x123);
    assertThat(mapped.pa()).isEqualTo(0x5123);
    assertThat(mapped.access()).hasToString("--x-");
    assertThat(pa(space(PagingMode.EPT4), 0x123)).isEqualTo(0x5123);
  }

  @Test
  void anEptEntryThatPermitsWritingWithoutReadingIsAMisconfiguration() {
    memory.putLong(ROOT, 0x2007).putLong(0x2000, 0x3007).putLong(0x3000, 0x20_0000 | 0xb2);
    assertThat(space(PagingMode.EPT4).translate(0)).isInstanceOf(Translation.Reserved.class);
    memory.putLong(0x3000, 0x20_0000 | 0xb7);
    assertThat(pa(space(PagingMode.EPT4), 0x1234)).isEqualTo(0x20_1234);
  }

  @Test
  void entriesOfTheOperatingSystemAreReadAsItDoes() {
    longTables().putLong(0x4000, 0x100 | 0x9000).putLong(0x4008, 0x200).putLong(0x9008, 77);
    SoftwareEntries system =
        new SoftwareEntries() {
          @Override
          public long resident(long entry, int pageShift) {
            return (entry & 0x100) != 0 ? entry & -4096 : -1;
          }

          @Override
          public String kind(long entry, int pageShift) {
            return (entry & 0x100) != 0 ? "kept" : "swap";
          }
        };
    AddressSpace space = space(PagingMode.X86_64).with(system);
    assertThat(space.readLong(8)).isEqualTo(77);
    assertThat(space.translate(0)).isInstanceOf(Translation.Software.class);
    assertThat(space.translate(0x1000).explanation()).contains("swap");
    assertThat(Lookup.isMapped(space.lookup(0x1000))).isFalse();
  }
}
