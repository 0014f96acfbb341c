package org.vmi4j.api.paging;

/**
 * The part of an address space that one top table translates: the addresses that equal {@code
 * value} under {@code mask}.
 *
 * @param mode how its tables are laid out
 * @param root the guest-physical address of the top table
 */
record Region(PagingMode mode, long root, long mask, long value) {
  /** The end of what any processor can address; there is never any memory. */
  private static final long PHYSICAL_END = 1L << 52;

  /** The addresses below 2 to the power of {@code bits}. */
  static Region low(PagingMode mode, long root, int bits) {
    return new Region(mode, root, above(bits), 0);
  }

  /** The addresses whose bits from {@code bits} on are all set, up to bit {@code width - 1}. */
  static Region high(PagingMode mode, long root, int bits, int width) {
    long mask = above(bits);
    return new Region(mode, root, mask, width == Long.SIZE ? mask : mask & ~above(width));
  }

  /** The same region for tables whose walk ignores the top byte of an address (Arm's TBI). */
  Region ignoringTopByte() {
    long rest = -1L >>> Byte.SIZE;
    return new Region(mode, root, mask & rest, value & rest);
  }

  /** Whether another region of the same size is translated by the same table. */
  boolean isUnderTableOf(Region other) {
    return mode == other.mode && root == other.root && mask == other.mask;
  }

  /**
   * Whether one of two regions of the same size is at the low end, and the other at the high one.
   */
  boolean isOtherEndOf(Region other) {
    return (value ^ other.value) == mask;
  }

  /** The same region under another top table. */
  Region withRoot(long other) {
    return new Region(mode, other, mask, value);
  }

  /** A mask of the bits from {@code bits} on. */
  private static long above(int bits) {
    return bits == Long.SIZE ? 0 : -1L << bits;
  }

  /** The root, or another one without a table if no processor can address it. */
  long reachableRoot() {
    return Long.compareUnsigned(root, PHYSICAL_END) < 0 ? root : PHYSICAL_END;
  }

  boolean contains(long va) {
    return (va & mask) == value;
  }
}
