package org.vmi4j.api.paging;

/**
 * Where an entry keeps a physical address: most bits in place, and up to two groups of high bits
 * that are stored elsewhere (PSE-36, Arm supersections, 52-bit addresses).
 *
 * @param inPlace the bits stored at their own positions
 * @param first the first group elsewhere, 0 for none
 * @param firstShift how far to the left that group belongs
 * @param second the second group elsewhere, 0 for none
 * @param secondShift how far to the left that group belongs
 */
record AddressField(long inPlace, long first, int firstShift, long second, int secondShift) {

  /** An address in bits {@code high} to {@code low} of the entry. */
  static AddressField bits(int high, int low) {
    return new AddressField(mask(high, low), 0, 0, 0, 0);
  }

  /** The same, with one more group of bits that belong {@code shift} further to the left. */
  AddressField with(int high, int low, int shift) {
    return first == 0
        ? new AddressField(inPlace, mask(high, low), shift, 0, 0)
        : new AddressField(inPlace, first, firstShift, mask(high, low), shift);
  }

  /** Whether some bits of the address are stored elsewhere. */
  boolean isScattered() {
    return first != 0;
  }

  /** Extracts the address from an entry. */
  long of(long entry) {
    return entry & inPlace | (entry & first) << firstShift | (entry & second) << secondShift;
  }

  /** A mask of the bits {@code high} to {@code low}, both included; 0 when high is below low. */
  static long mask(int high, int low) {
    return high < low ? 0 : (-1L >>> (63 - high)) & (-1L << low);
  }
}
