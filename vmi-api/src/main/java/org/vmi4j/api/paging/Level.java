package org.vmi4j.api.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * One level of page tables.
 *
 * @param name what the architecture's manual calls it
 * @param shift the position in the virtual address of the lowest bit of this level's index
 * @param indexBits how many bits the index has
 * @param kinds the kind of an entry by its {@linkplain #key key}
 */
record Level(String name, int shift, int indexBits, List<EntryKind> kinds) {
  static final int KEYS = 32;

  /**
   * Describes a level.
   *
   * @param classifier returns the kind of an entry; it may use the bits 0, 1, 2, 7 and 18 only,
   *     which determine the kind of an entry on every architecture
   */
  static Level of(String name, int shift, int indexBits, LongFunction<EntryKind> classifier) {
    List<EntryKind> kinds = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      kinds.add(classifier.apply(entryOf(key)));
    }
    return new Level(name, shift, indexBits, List.copyOf(kinds));
  }

  /** Returns the kind of an entry, reserved bits ignored. */
  EntryKind kind(long entry) {
    return kinds.get(key(entry));
  }

  /** An entry with only the bits of a key. */
  static long entryOf(int key) {
    return key & 7 | (key & 8L) << 4 | (key & 16L) << 14;
  }

  /** Gathers the bits 0, 1, 2, 7 and 18 of an entry. */
  private static int key(long entry) {
    return (int) (entry & 7 | entry >>> 4 & 8 | entry >>> 14 & 16);
  }
}
