package org.vmi4j.events;

/**
 * A range of guest-physical memory of which accesses are reported.
 *
 * @param start the first address
 * @param length how many bytes; the frames that they touch are watched, and accesses outside of the
 *     range are not reported
 */
public record PageRange(long start, long length) {
  static final int SHIFT = 12;
  private static final long PAGE = 1L << SHIFT;

  public PageRange {
    if (start < 0 || length <= 0 || start + length < 0) {
      throw new IllegalArgumentException(
          "0x" + Long.toHexString(start) + " with " + length + " bytes is no range of memory");
    }
  }

  /** Returns the page in which an address is. */
  public static PageRange ofPage(long address) {
    return new PageRange(address & -PAGE, PAGE);
  }

  /** Returns frames in a row. */
  public static PageRange ofFrames(long first, long count) {
    return new PageRange(first << SHIFT, count << SHIFT);
  }

  /** Returns the number of the first frame. */
  public long firstFrame() {
    return start >>> SHIFT;
  }

  /** Returns the number of the frame after the last one. */
  public long endFrame() {
    return (start + length - 1 >>> SHIFT) + 1;
  }

  /** Returns whether an address is in the range. */
  public boolean contains(long address) {
    return address >= start && address - start < length;
  }
}
