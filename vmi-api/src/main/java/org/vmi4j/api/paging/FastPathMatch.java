package org.vmi4j.api.paging;

/**
 * A fast-path match, one comparison: an entry that equals {@code value} under {@code mask} is of
 * the expected kind, with no reserved bit set and its address in place.
 */
record FastPathMatch(EntryKind kind, long mask, long value) {

  /**
   * Finds the comparison that catches most entries of a kind, by trying every choice of the bits
   * that distinguish entry kinds.
   *
   * @return the comparison, or {@code null} when the level has no such kind or only one whose
   *     address is scattered
   */
  static FastPathMatch of(Level level, EntryKind.Role role) {
    FastPathMatch best = null;
    for (int mask = 0; mask < Level.KEYS; mask++) {
      for (int value = 0; value < Level.KEYS; value++) {
        EntryKind kind = level.kinds().get(value);
        boolean better = best == null || Integer.bitCount(mask) < Long.bitCount(best.mask);
        if ((value & ~mask) == 0
            && better
            && kind.role() == role
            && catchesOnly(level, mask, value)) {
          best = new FastPathMatch(kind, Level.entryOf(mask), Level.entryOf(value));
        }
      }
    }
    return best == null || best.kind.address().isScattered()
        ? null
        : new FastPathMatch(best.kind, best.mask | best.kind.reserved(), best.value);
  }

  private static boolean catchesOnly(Level level, int mask, int value) {
    for (int key = 0; key < Level.KEYS; key++) {
      if ((key & mask) == value && !level.kinds().get(key).equals(level.kinds().get(value))) {
        return false;
      }
    }
    return true;
  }
}
