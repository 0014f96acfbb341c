package org.vmi4j.api.paging;

import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.PhysicalMemory;

/** Reads an Arm processor's paging modes and roots out of its translation registers. */
public final class ArmAddressSpaces {
  private static final long TTBCR_EAE = 1L << 31;
  private static final int TCR_IPS_52_BITS = 6;

  private ArmAddressSpaces() {}

  /**
   * The address space of AArch64's EL1 and EL0: Arm ARM (DDI 0487), section D19.2 (TCR_EL1,
   * TTBR0_EL1, TTBR1_EL1). Bit 55 selects the table that translates an address; the two granule
   * fields have different encodings.
   *
   * @param tcr TCR_EL1
   */
  public static AddressSpace aarch64(PhysicalMemory memory, long ttbr0, long ttbr1, long tcr) {
    int lowBits = 64 - (int) (tcr & 0x3f);
    int highBits = aarch64HighBits(tcr);
    PagingMode lowMode = aarch64Mode(granule0((int) (tcr >>> 14 & 3)), lowBits, tcr, "T0SZ");
    PagingMode highMode = aarch64Mode(granule1((int) (tcr >>> 30 & 3)), highBits, tcr, "T1SZ");
    Region low = Region.low(lowMode, lowMode.rootOf(ttbr0), lowBits);
    Region high = Region.high(highMode, highMode.rootOf(ttbr1), highBits, Long.SIZE);
    return AddressSpace.lowFirst(
        memory,
        (tcr >>> 37 & 1) != 0 ? low.ignoringTopByte() : low,
        (tcr >>> 38 & 1) != 0 ? high.ignoringTopByte() : high);
  }

  /**
   * How many bits of an address the tables under TTBR1_EL1 translate: 64 less T1SZ.
   *
   * @param tcr TCR_EL1
   */
  public static int aarch64HighBits(long tcr) {
    return 64 - (int) (tcr >>> 16 & 0x3f);
  }

  /**
   * The size of the pages and tables under TTBR1_EL1 in bytes: TG1.
   *
   * @param tcr TCR_EL1
   */
  public static long aarch64HighPageSize(long tcr) {
    return 1L << granule1((int) (tcr >>> 30 & 3));
  }

  private static PagingMode aarch64Mode(
      int granuleShift, int addressBits, long tcr, String sizeField) {
    if (addressBits < PagingMode.MIN_AARCH64_BITS || addressBits > PagingMode.MAX_AARCH64_BITS) {
      throw reserved(sizeField);
    }
    boolean lpa2 = (tcr >>> 59 & 1) != 0;
    boolean wide = granuleShift == 16 ? (tcr >>> 32 & 7) == TCR_IPS_52_BITS : lpa2;
    return PagingMode.aarch64(granuleShift, addressBits, wide);
  }

  private static int granule0(int field) {
    return switch (field) {
      case 0 -> 12;
      case 1 -> 16;
      case 2 -> 14;
      default -> throw reserved("TG0");
    };
  }

  private static int granule1(int field) {
    return switch (field) {
      case 1 -> 14;
      case 2 -> 12;
      case 3 -> 16;
      default -> throw reserved("TG1");
    };
  }

  private static VmiException reserved(String field) {
    return new VmiException("TCR_EL1." + field + " has a reserved value: this is no TCR_EL1");
  }

  /**
   * The address space of AArch32's PL1 and PL0: Arm ARM (DDI 0487), section G8.2 (TTBCR, TTBR0,
   * TTBR1). TTBCR.EAE chooses between long and short descriptors; N, or T0SZ and T1SZ, share the
   * address space out between the two tables.
   */
  public static AddressSpace aarch32(PhysicalMemory memory, long ttbr0, long ttbr1, long ttbcr) {
    if ((ttbcr & TTBCR_EAE) != 0) {
      int t0sz = (int) (ttbcr & 7);
      int t1sz = (int) (ttbcr >>> 16 & 7);
      PagingMode lowMode = PagingMode.armLpae(32 - t0sz);
      PagingMode highMode = PagingMode.armLpae(32 - t1sz);
      Region low = Region.low(lowMode, lowMode.rootOf(ttbr0), 32 - t0sz);
      Region high = Region.high(highMode, highMode.rootOf(ttbr1), 32 - t1sz, Integer.SIZE);
      // Where T1SZ is 0, TTBR1 has whatever TTBR0 leaves; otherwise TTBR1 has exactly its own.
      return t1sz == 0
          ? AddressSpace.lowFirst(memory, low, high)
          : AddressSpace.highFirst(memory, low, high);
    }
    int n = (int) (ttbcr & 7);
    PagingMode lowMode = PagingMode.armShort(n);
    Region low = Region.low(lowMode, lowMode.rootOf(ttbr0), 32 - n);
    Region high =
        Region.low(PagingMode.ARM_SHORT, PagingMode.ARM_SHORT.rootOf(ttbr1), Integer.SIZE);
    return AddressSpace.lowFirst(memory, low, high);
  }
}
