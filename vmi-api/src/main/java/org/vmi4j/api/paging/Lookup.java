package org.vmi4j.api.paging;

/**
 * The result of {@link AddressSpace#lookup}, packed into a {@code long} so that the hot path
 * allocates nothing: a physical address with the size of its page, or the size of the unmapped
 * region.
 *
 * <pre>
 *   mapped:      0 | page shift (bits 56..61) | physical address (bits 0..55)
 *   not mapped:  1 | reason (bits 8..11)      | span shift (bits 0..5)
 * </pre>
 */
public final class Lookup {
  static final int NOT_PRESENT = 0;
  static final int RESERVED = 1;
  static final int NON_CANONICAL = 2;

  private static final int SHIFT_AT = 56;
  private static final long ADDRESS = (1L << SHIFT_AT) - 1;
  private static final int REASON_AT = 8;

  private Lookup() {}

  /** Whether the address is mapped. */
  public static boolean isMapped(long lookup) {
    return lookup >= 0;
  }

  /** The guest-physical address, of a lookup that is mapped. */
  public static long physical(long lookup) {
    return lookup & ADDRESS;
  }

  /** The size in bytes of the page around the address, of a lookup that is mapped. */
  public static long pageSize(long lookup) {
    return 1L << (lookup >>> SHIFT_AT);
  }

  /** The size in bytes of the aligned region that is not mapped, of a lookup that is not. */
  public static long span(long lookup) {
    return 1L << (lookup & 0x3f);
  }

  static long mapped(long address, int pageShift) {
    return (long) pageShift << SHIFT_AT | address;
  }

  static long missing(int reason, int spanShift) {
    return Long.MIN_VALUE | (long) reason << REASON_AT | spanShift;
  }

  static int reason(long lookup) {
    return (int) (lookup >>> REASON_AT) & 0xf;
  }
}
