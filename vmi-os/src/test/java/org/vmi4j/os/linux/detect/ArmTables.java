package org.vmi4j.os.linux.detect;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.PageTables;
import org.vmi4j.testkit.TableFormat;

/**
 * AArch64 page tables of a kernel, from the second granule of memory on, and processors in them.
 */
final class ArmTables {
  /** A page's descriptor at the last level, with the access flag: Arm ARM (DDI 0487), D8.3. */
  static final long CODE = 1 << 10 | 3;

  /** The same, not to be executed by the kernel (PXN). */
  static final long DATA = 1L << 53 | CODE;

  private final int granuleShift;
  private final int addressBits;
  private final PageTables tables;

  ArmTables(MockMemory memory, int granuleShift, int addressBits) {
    this.granuleShift = granuleShift;
    this.addressBits = addressBits;
    TableFormat format = TableFormat.aarch64(granuleShift, addressBits);
    this.tables = new PageTables(memory, format, format.pageSize());
  }

  long pageSize() {
    return 1L << granuleShift;
  }

  /** Maps a piece, page by page, and returns where it ends. */
  long map(long va, long pa, long length, long flags) {
    tables.map(va, pa, length, flags);
    return va + length;
  }

  /** A processor in these tables. */
  RegisterValues processor() {
    return processor(granuleShift, addressBits, tables.root());
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
