package org.vmi4j.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.vmi4j.api.paging.PagingMode;

/**
 * How {@link PageTables} writes the tables of a paging mode. It is written from the manuals and
 * shares nothing with the page walker that it tests: Intel SDM volume 3A sections 4.3 to 4.5 and
 * volume 3C section 28.3; Arm ARM (DDI 0487) sections D8.3, G5.4 and G5.5.
 *
 * @param mode the mode that reads these tables
 * @param entryBytes the size of an entry, 4 or 8
 * @param pageShift the binary logarithm of the page size
 * @param indexBits how many bits of an address each level takes, the top level first
 * @param topFlags the flags of an entry of the top level that leads to a table
 * @param tableFlags the flags of an entry of another level that leads to a table
 * @param pageFlags the flags of an entry that maps a page, readable and writable by the kernel
 */
public record TableFormat(
    PagingMode mode,
    int entryBytes,
    int pageShift,
    List<Integer> indexBits,
    long topFlags,
    long tableFlags,
    long pageFlags) {

  /** Present, writable, accessed, dirty. */
  private static final long X86_PAGE = 0x63;

  private static final long X86_TABLE = 0x67;

  /** x86, 32-bit paging. */
  public static final TableFormat X86_32 =
      new TableFormat(PagingMode.X86_32, 4, 12, List.of(10, 10), X86_TABLE, X86_TABLE, X86_PAGE);

  /** x86, PAE paging; the top entries have a present bit only. */
  public static final TableFormat X86_PAE =
      new TableFormat(PagingMode.X86_PAE, 8, 12, List.of(2, 9, 9), 1, X86_TABLE, X86_PAGE);

  /** x86-64, four levels. */
  public static final TableFormat X86_64 =
      new TableFormat(
          PagingMode.X86_64, 8, 12, List.of(9, 9, 9, 9), X86_TABLE, X86_TABLE, X86_PAGE);

  /** x86-64, five levels. */
  public static final TableFormat X86_64_LA57 =
      new TableFormat(
          PagingMode.X86_64_LA57, 8, 12, List.of(9, 9, 9, 9, 9), X86_TABLE, X86_TABLE, X86_PAGE);

  /** Intel's extended page tables, four levels: all rights, write-back. */
  public static final TableFormat EPT4 =
      new TableFormat(PagingMode.EPT4, 8, 12, List.of(9, 9, 9, 9), 7, 7, 0x37);

  /** Intel's extended page tables, five levels. */
  public static final TableFormat EPT5 =
      new TableFormat(PagingMode.EPT5, 8, 12, List.of(9, 9, 9, 9, 9), 7, 7, 0x37);

  /** AArch32, short descriptors: small pages, AP = 0b001. */
  public static final TableFormat ARM_SHORT =
      new TableFormat(PagingMode.ARM_SHORT, 4, 12, List.of(12, 8), 1, 1, 1 << 4 | 2);

  /** AArch32, long descriptors: pages with the access flag. */
  public static final TableFormat ARM_LPAE =
      new TableFormat(PagingMode.ARM_LPAE, 8, 12, List.of(2, 9, 9), 3, 3, 1 << 10 | 3);

  /**
   * AArch64: pages with the access flag. Physical addresses have to lie below 2<sup>48</sup>.
   *
   * @param granuleShift 12 for 4 KiB, 14 for 16 KiB, 16 for 64 KiB
   * @param addressBits 64 minus TCR.T0SZ or T1SZ: 25 to 52
   */
  public static TableFormat aarch64(int granuleShift, int addressBits) {
    int stride = granuleShift - 3;
    List<Integer> indexBits = new ArrayList<>();
    for (int bits = addressBits - granuleShift; bits > 0; bits -= stride) {
      indexBits.add(Math.min(bits, stride));
    }
    Collections.reverse(indexBits);
    return new TableFormat(
        PagingMode.aarch64(granuleShift, addressBits, false),
        Long.BYTES,
        granuleShift,
        List.copyOf(indexBits),
        3,
        3,
        1 << 10 | 3);
  }

  /** The page size in bytes. */
  public long pageSize() {
    return 1L << pageShift;
  }

  /** The size of a table of a level in bytes, which it is aligned to. */
  long tableSize(int level) {
    return (long) entryBytes << indexBits.get(level);
  }

  /** The position in an address of the lowest bit of a level's index. */
  int shift(int level) {
    int shift = pageShift;
    for (int below = level + 1; below < indexBits.size(); below++) {
      shift += indexBits.get(below);
    }
    return shift;
  }
}
