package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.memory.Memory;

/**
 * A table of names that is consistent with the number of symbols before it and with the markers
 * after it, which hold the offset of every 256th name.
 *
 * @param numSyms the address of the number of symbols
 * @param address the address of the names
 * @param count the number of symbols
 */
record NameTable(long numSyms, long address, int count) {
  private static final int GROUP = 256;
  private static final int MAX_DISTANCE = 1 << 25;
  private static final int MAX_CANDIDATES = 1000;
  private static final int MIN_NAME = 2;
  private static final int MAX_MEAN_NAME = 64;
  private static final int SEQUENCE_BYTES = 3;

  /** Returns the names that precede a token table, or null. */
  static NameTable before(Memory memory, long tokenTable, int alignment, Work work) {
    int candidates = 0;
    for (long at = tokenTable - alignment;
        tokenTable - at < MAX_DISTANCE && candidates < MAX_CANDIDATES;
        at -= alignment) {
      work.read(alignment);
      long count = AddressReader.pointer(memory, at, alignment);
      long room = tokenTable - at;
      boolean plausible =
          count > GROUP
              && count <= Kallsyms.MAX_SYMBOLS
              && count * MIN_NAME < room
              && count * MAX_MEAN_NAME > room;
      if (plausible) {
        candidates++;
        work.read(room);
        NameTable names = new NameTable(at, at + alignment, (int) count);
        if (names.agrees(memory, tokenTable, alignment)) {
          return names;
        }
      }
    }
    return null;
  }

  private boolean agrees(Memory memory, long tokenTable, int alignment) {
    Bytes bytes = new Bytes(memory, address);
    skip(bytes, GROUP, tokenTable);
    long second = bytes.address() - address;
    skip(bytes, count - GROUP, tokenTable);
    long markers = KallsymsFinder.alignUp(bytes.address(), alignment);
    // A marker has 4 bytes since Linux 4.20, and those of a pointer before it.
    for (int width = Integer.BYTES; width <= alignment; width += Integer.BYTES) {
      long end = markers + (long) width * ((count - 1) / GROUP + 1);
      if (precedes(end, tokenTable, alignment)
          && AddressReader.pointer(memory, markers, width) == 0
          && AddressReader.pointer(memory, markers + width, width) == second) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the token table follows, directly or after kallsyms_seqs_of_names of Linux 6.2.
   */
  private boolean precedes(long end, long tokenTable, int alignment) {
    long aligned = KallsymsFinder.alignUp(end, alignment);
    long behind = KallsymsFinder.alignUp(aligned + (long) SEQUENCE_BYTES * count, alignment);
    return aligned == tokenTable || behind == tokenTable;
  }

  private static void skip(Bytes bytes, int names, long end) {
    for (int name = 0; name < names && bytes.address() < end; name++) {
      bytes.skip(Kallsyms.length(bytes));
    }
  }
}
