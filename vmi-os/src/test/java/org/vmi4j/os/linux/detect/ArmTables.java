package org.vmi4j.os.linux.detect;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.os.linux.ScratchMemory;

/**
 * Makes AArch64 page tables for TTBR1 in a {@link ScratchMemory}, page by page: Arm ARM (DDI 0487),
 * section D8.3. Addresses of memory below 2<sup>48</sup> look the same in all granules.
 */
final class ArmTables {
  /** A page's descriptor at the last level, with the access flag. */
  static final long CODE = 1 << 10 | 3;

  /** The same, not to be executed by the kernel (PXN). */
  static final long DATA = 1L << 53 | CODE;

  private static final long TABLE = 3;

  private final ScratchMemory memory;
  private final int granuleShift;
  private final int addressBits;
  private final long root;
  private long free;

  ArmTables(ScratchMemory memory, int granuleShift, int addressBits) {
    this.memory = memory;
    this.granuleShift = granuleShift;
    this.addressBits = addressBits;
    this.root = 1L << granuleShift;
    this.free = 2 * root;
  }

  long root() {
    return root;
  }

  long pageSize() {
    return 1L << granuleShift;
  }

  /** Maps a piece, page by page, and tells where it ends. */
  long map(long va, long pa, long length, long flags) {
    for (long at = 0; at < length; at += pageSize()) {
      memory.bytes().putLong(slot(va + at), pa + at | flags);
    }
    return va + length;
  }

  /** Where the descriptor of a page lies; the tables above it are made when they are missing. */
  private int slot(long va) {
    int stride = granuleShift - 3;
    int levels = (addressBits - granuleShift + stride - 1) / stride;
    long table = root;
    for (int level = levels - 1; ; level--) {
      int shift = granuleShift + level * stride;
      int bits = Math.min(stride, addressBits - shift);
      int at = (int) (table + (va >>> shift & (1 << bits) - 1) * Long.BYTES);
      if (level == 0) {
        return at;
      }
      if (memory.bytes().getLong(at) == 0) {
        memory.bytes().putLong(at, free | TABLE);
        free += pageSize();
      }
      table = memory.bytes().getLong(at) & -pageSize();
    }
  }

  /** A processor in these tables. */
  RegisterValues processor() {
    return processor(granuleShift, addressBits, root);
  }

  /**
   * A processor in tables of some shape, as Linux sets it up: with an ASID in TTBR1_EL1, and CnP.
   *
   * @param table where the top one lies
   */
  static RegisterValues processor(int granuleShift, int addressBits, long table) {
    long size = (long) Long.SIZE - addressBits;
    long granules =
        switch (granuleShift) {
          case 12 -> 2L << 30;
          case 14 -> 2L << 14 | 1L << 30;
          default -> 1L << 14 | 3L << 30;
        };
    // DS, or with 64 KiB an IPS of 52 bits.
    long wide = addressBits <= 48 ? 0 : granuleShift == 16 ? 6L << 32 : 1L << 59;
    return new RegisterValues(Architecture.AARCH64)
        .set(Arm64.TTBR1_EL1, 0x1234L << 48 | table | 1)
        .set(Arm64.TCR_EL1, size | size << 16 | granules | wide);
  }
}
