package org.vmi4j.os.linux.arch;

import java.util.stream.LongStream;
import org.vmi4j.api.memory.Memory;

/**
 * Determines which variables AArch64 code loads: ADRP loads the address of the variable's page into
 * a register, and LDR adds the offset in that page. Arm ARM (DDI 0487), sections C6.2.12 (ADRP) and
 * C6.2.192 (LDR of an immediate, unsigned offset).
 */
public final class A64Loads {
  private static final int ADRP_MASK = 0x9f00_0000;
  private static final int ADRP = 0x9000_0000;
  private static final int LDR_MASK = 0xffc0_0000;
  private static final int LDR = 0xf940_0000;
  private static final int RET = 0xd65f_03c0;
  private static final int REGISTERS = 32;
  private static final int PAGE_SHIFT = 12;

  private A64Loads() {}

  /**
   * Returns the addresses of the 64-bit variables that code without branches loads, in program
   * order.
   *
   * @param function its first instruction
   * @param most the maximum number of instructions to examine; a return instruction ends the search
   *     too
   */
  public static LongStream in(Memory memory, long function, int most) {
    LongStream.Builder loads = LongStream.builder();
    long[] pages = new long[REGISTERS];
    for (int i = 0; i < most; i++) {
      long at = function + (long) Integer.BYTES * i;
      int code = memory.readInt(at);
      if (code == RET) {
        break;
      }
      if ((code & ADRP_MASK) == ADRP) {
        pages[code & 0x1f] = (at & -1L << PAGE_SHIFT) + (pages(code) << PAGE_SHIFT);
      } else if ((code & LDR_MASK) == LDR) {
        long page = pages[code >>> 5 & 0x1f];
        if (page != 0) {
          loads.add(page + (code >>> 10 & 0xfffL) * Long.BYTES);
        }
        pages[code & 0x1f] = 0;
      }
    }
    return loads.build();
  }

  /** Returns the signed distance of ADRP in pages: 21 bits, the lower two stored apart. */
  private static long pages(int code) {
    return (long) (code << 8 >> 13) << 2 | code >>> 29 & 3;
  }
}
