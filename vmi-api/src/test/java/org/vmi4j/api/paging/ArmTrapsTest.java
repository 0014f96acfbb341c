package org.vmi4j.api.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.FakeMemory;

/** What others got wrong in the page walks of Arm, one test each. */
class ArmTrapsTest {
  private static final long LOW = 0x1_0000;
  private static final long HIGH = 0x2_0000;

  private final FakeMemory memory = new FakeMemory(1L << 41, true);

  /** TCR_EL1 with 48 bits and the 4 KiB granule on both sides. */
  private static final long TCR_4K = 16 | 16 << 16 | 2L << 30;

  private AddressSpace aarch64(long tcr) {
    return ArmAddressSpaces.aarch64(memory.open(), LOW, HIGH, tcr);
  }

  private static long pa(AddressSpace space, long va) {
    long lookup = space.lookup(va);
    assertThat(space.translate(va).physical().isPresent()).isEqualTo(Lookup.isMapped(lookup));
    return Lookup.isMapped(lookup) ? Lookup.physical(lookup) : -1;
  }

  @Test
  void bit55ChoosesTheTable() {
    memory.putLong(LOW, 0x3_0003).putLong(0x3_0000, 0x4000_0401L);
    memory.putLong(HIGH, 0x4_0003).putLong(0x4_0000, 0x8000_0401L);
    AddressSpace space = aarch64(TCR_4K);
    assertThat(space.root()).isEqualTo(LOW);
    assertThat(space.highRoot()).isEqualTo(HIGH);
    assertThat(pa(space, 0x1234)).isEqualTo(0x4000_1234L);
    assertThat(pa(space, 0xffff_0000_0000_1234L)).isEqualTo(0x8000_1234L);
    assertThat(space.translate(0x0001_0000_0000_0000L))
        .isInstanceOf(Translation.NonCanonical.class);
    assertThat(space.translate(0x1200_0000_0000_1234L))
        .isInstanceOf(Translation.NonCanonical.class);
  }

  @Test
  void theTopByteIsIgnoredWhereTheRegisterSaysSo() {
    memory.putLong(LOW, 0x3_0003).putLong(0x3_0000, 0x4000_0401L);
    memory.putLong(HIGH, 0x4_0003).putLong(0x4_0000, 0x8000_0401L);
    AddressSpace space = aarch64(TCR_4K | 3L << 37);
    assertThat(pa(space, 0x1200_0000_0000_1234L)).isEqualTo(0x4000_1234L);
    assertThat(pa(space, 0x12ff_0000_0000_1234L)).isEqualTo(0x8000_1234L);
  }

  @Test
  void theGranuleFieldsHaveDifferentEncodings() {
    // TG0 = 2 is 16 KiB; TG1 = 1 is 16 KiB.
    AddressSpace sixteen = aarch64(17 | 17 << 16 | 2L << 14 | 1L << 30);
    assertThat(sixteen.mode().name()).contains("16K");
    // TG0 = 1 is 64 KiB, TG1 = 3 is 64 KiB.
    memory.putLong(HIGH, 0x4_0003).putLong(0x4_0000, 0x5_0003).putLong(0x5_0000, 0x2000_0403L);
    AddressSpace sixtyFour = aarch64(16 | 16 << 16 | 1L << 14 | 3L << 30);
    assertThat(sixtyFour.mode().name()).contains("64K");
    assertThat(pa(sixtyFour, 0xffff_0000_0000_1234L)).isEqualTo(0x2000_1234L);
    assertThat(Lookup.pageSize(sixtyFour.lookup(0xffff_0000_0000_1234L))).isEqualTo(65536);
    assertThatThrownBy(() -> aarch64(16 | 16 << 16 | 3L << 14 | 2L << 30))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("TG0");
    assertThatThrownBy(() -> aarch64(TCR_4K | 63 << 16))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("T1SZ");
  }

  @Test
  void theSizeOfTheAddressSpaceTellsTheFirstLevelAndTheSizeOfItsTable() {
    assertThat(PagingMode.aarch64(12, 48, false).depth()).isEqualTo(4);
    assertThat(PagingMode.aarch64(12, 39, false).depth()).isEqualTo(3);
    assertThat(PagingMode.aarch64(12, 52, true).depth()).isEqualTo(5);
    assertThat(PagingMode.aarch64(14, 47, false).depth()).isEqualTo(3);
    assertThat(PagingMode.aarch64(14, 48, false).depth()).isEqualTo(4);
    assertThat(PagingMode.aarch64(16, 42, false).depth()).isEqualTo(2);
    assertThatThrownBy(() -> PagingMode.aarch64(13, 48, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PagingMode.aarch64(12, 53, false))
        .isInstanceOf(IllegalArgumentException.class);
    // With 36 bits the first table has 64 entries, at level 1.
    memory.putLong(LOW + 63 * 8, 0x8000_0000L | 0x401);
    AddressSpace space = aarch64(28 | 28 << 16 | 2L << 30);
    assertThat(pa(space, 63L << 30 | 0x123)).isEqualTo(0x8000_0123L);
  }

  @Test
  void aPageTakesBothLowBits() {
    memory.putLong(LOW, 0x3_0003).putLong(0x3_0000, 0x4_0003).putLong(0x4_0000, 0x5_0003);
    memory.putLong(0x5_0000, 0x9000_0403L).putLong(0x5_0008, 0x9000_1401L);
    AddressSpace space = aarch64(TCR_4K);
    assertThat(pa(space, 0)).isEqualTo(0x9000_0000L);
    assertThat(space.translate(0x1000)).isInstanceOf(Translation.Reserved.class);
  }

  @Test
  void blocksAreLegalAtSomeLevelsOnly() {
    memory.putLong(LOW, 0x4000_0000_0401L);
    assertThat(aarch64(TCR_4K).translate(0)).isInstanceOf(Translation.Reserved.class);
    // With 64 KiB and 48-bit output, level 1 has no blocks; with 52-bit output it has.
    AddressSpace narrow = aarch64(16 | 16 << 16 | 1L << 14 | 3L << 30);
    assertThat(narrow.translate(0)).isInstanceOf(Translation.Reserved.class);
    AddressSpace wide = aarch64(16 | 16 << 16 | 1L << 14 | 3L << 30 | 6L << 32);
    assertThat(pa(wide, 0x1234)).isEqualTo(0x4000_0000_1234L);
  }

  @Test
  void theContiguousBitIsAHint() {
    memory.putLong(LOW, 0x3_0003).putLong(0x3_0000, 0x4_0003).putLong(0x4_0000, 0x5_0003);
    memory.putLong(0x5_0000, 1L << 52 | 0x9000_0403L);
    AddressSpace space = aarch64(TCR_4K);
    assertThat(Lookup.pageSize(space.lookup(0))).isEqualTo(4096);
    assertThat(space.translate(0).entries().get(3).flags()).contains("contiguous");
  }

  @Test
  void fiftyTwoBitAddressesKeepTheirHighBitsElsewhere() {
    PagingMode lpa = PagingMode.aarch64(16, 52, true);
    memory.putLong(LOW, 0x3_0003).putLong(0x3_0000, 0x4_0003);
    memory.putLong(0x4_0000, 0x2000_0403L | 0xa << 12);
    AddressSpace sixtyFour = AddressSpace.of(memory.open(), lpa, LOW);
    assertThat(pa(sixtyFour, 0x1234)).isEqualTo(0xa_0000_2000_1234L);
    assertThat(lpa.rootOf(0x2_0000 | 0xa << 2)).isEqualTo(0xa_0000_0002_0000L);

    PagingMode lpa2 = PagingMode.aarch64(12, 48, true);
    memory.putLong(HIGH, 0x6_0003).putLong(0x6_0000, 0x7_0003).putLong(0x7_0000, 0x8_0003);
    memory.putLong(0x8_0000, 1L << 49 | 0x2000_0403L | 2 << 8);
    AddressSpace four = AddressSpace.of(memory.open(), lpa2, HIGH);
    assertThat(pa(four, 0x234)).isEqualTo(2L << 50 | 1L << 49 | 0x2000_0234L);
  }

  @Test
  void ttbcrNSharesTheAddressSpaceOut() {
    // N = 2: the lowest gigabyte under TTBR0, whose table has a quarter of the entries.
    memory.putInt(LOW, 0x4010_0c02).putInt(HIGH + 0x400 * 4, 0x4020_0c02);
    AddressSpace space = ArmAddressSpaces.aarch32(memory.open(), LOW | 0x4a, HIGH | 0x4a, 2);
    assertThat(pa(space, 0x1234)).isEqualTo(0x4010_1234L);
    assertThat(pa(space, 0x4000_1234L)).isEqualTo(0x4020_1234L);
    assertThat(space.translate(0x1_0000_0000L)).isInstanceOf(Translation.NonCanonical.class);
  }

  @Test
  void aSupersectionHasFortyBits() {
    int supersection = 0x1200_0000 | 1 << 18 | 2 | 0x5 << 20 | 0xa << 5;
    for (int i = 0; i < 16; i++) {
      memory.putInt(LOW + 4L * i, supersection);
    }
    AddressSpace space = AddressSpace.of(memory.open(), PagingMode.ARM_SHORT, LOW);
    assertThat(pa(space, 0x12_3456)).isEqualTo(0xa5_1212_3456L);
    assertThat(Lookup.pageSize(space.lookup(0))).isEqualTo(16 << 20);
  }

  @Test
  void aSectionThatTheKernelMayNotExecuteIsASection() {
    memory.putInt(LOW, 0x1230_0c03).putInt(LOW + 4, 0x4_0001);
    memory.putInt(0x4_0000, 0x7655_0001).putInt(0x4_0000 + 16 * 4, 0x7654_3002);
    AddressSpace space = AddressSpace.of(memory.open(), PagingMode.ARM_SHORT, LOW);
    assertThat(pa(space, 0x1234)).isEqualTo(0x1230_1234);
    assertThat(pa(space, 0x10_0123)).isEqualTo(0x7655_0123);
    assertThat(Lookup.pageSize(space.lookup(0x10_0123))).isEqualTo(65536);
    assertThat(pa(space, 0x11_0123)).isEqualTo(0x7654_3123);
  }

  @Test
  void ttbcrEaeChoosesLongDescriptors() {
    long eae = 1L << 31;
    // T1SZ = 2 and T0SZ = 0: the highest gigabyte under TTBR1, from level 2 on.
    memory.putLong(LOW, 0x4000_0401L).putLong(HIGH, 0x8000_0401L);
    AddressSpace space = ArmAddressSpaces.aarch32(memory.open(), LOW, HIGH, eae | 2 << 16);
    assertThat(pa(space, 0x1234)).isEqualTo(0x4000_1234L);
    assertThat(pa(space, 0xc000_1234L)).isEqualTo(0x8000_1234L);
    assertThat(Lookup.pageSize(space.lookup(0xc000_0000L))).isEqualTo(2 << 20);
    // T0SZ = 1 and T1SZ = 0: the upper half under TTBR1, whose table covers all 4 GiB.
    memory.putLong(HIGH + 16, 0xc000_0401L);
    AddressSpace half = ArmAddressSpaces.aarch32(memory.open(), LOW, HIGH, eae | 1);
    assertThat(pa(half, 0x8000_0001L)).isEqualTo(0xc000_0001L);
    assertThat(pa(half, 1)).isEqualTo(0x4000_0001L);
  }
}
