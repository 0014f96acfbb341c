package org.vmi4j.profiles;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Symbols in a few arrays, with indexes built on first use. */
final class SymbolTable {
  /** Prevents a profile from being crafted so that all its names collide. */
  private static final int SEED = new SplittableRandom().nextInt();

  private final int count;
  private final long[] addresses;
  private final byte[] kinds;
  private final byte[] names;
  private final int[] nameEnds;
  private final boolean upperHalf;

  private volatile NameIndex byName;
  private volatile int[] byAddress;

  SymbolTable(int count, long[] addresses, byte[] kinds, byte[] names, int[] nameEnds) {
    this.count = count;
    this.addresses = addresses;
    this.kinds = kinds;
    this.names = names;
    this.nameEnds = nameEnds;
    boolean anyNegative = false;
    for (int i = 0; i < count && !anyNegative; i++) {
      anyNegative = addresses[i] < 0;
    }
    this.upperHalf = anyNegative;
  }

  /** Per slot the first symbol of a name plus one; per symbol the next one of the same name. */
  @SuppressWarnings("ArrayRecordComponent") // never compared: it only carries the two arrays
  private record NameIndex(int[] slots, int[] next) {}

  int count() {
    return count;
  }

  long address(int index) {
    return addresses[index];
  }

  char kind(int index) {
    return (char) (kinds[index] & 0xff);
  }

  boolean hasUpperHalf() {
    return upperHalf;
  }

  /**
   * Returns the name; one that is not UTF-8 is shown byte by byte, so that it leads back to its
   * symbol.
   */
  String name(int index) {
    int start = start(index);
    int length = nameEnds[index] - start;
    String name = new String(names, start, length, StandardCharsets.UTF_8);
    return name.indexOf('\ufffd') < 0
        ? name
        : new String(names, start, length, StandardCharsets.ISO_8859_1);
  }

  boolean startsWith(int index, byte[] prefix) {
    int start = start(index);
    int end = Math.min(nameEnds[index], start + prefix.length);
    return Arrays.equals(names, start, end, prefix, 0, prefix.length);
  }

  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the first symbol with a name, or -1. */
  int first(String name) {
    int found = first(bytes(name));
    if (found >= 0) {
      return found;
    }
    byte[] single = name.getBytes(StandardCharsets.ISO_8859_1);
    boolean lossless = new String(single, StandardCharsets.ISO_8859_1).equals(name);
    return lossless ? first(single) : -1;
  }

  private int first(byte[] wanted) {
    NameIndex index = nameIndex();
    return index.slots[slot(index.slots, wanted, 0, wanted.length)] - 1;
  }

  /** Returns the next symbol with the same name, or -1. */
  int next(int index) {
    return nameIndex().next[index] - 1;
  }

  private NameIndex nameIndex() {
    NameIndex index = byName;
    if (index == null) {
      synchronized (this) {
        index = byName;
        if (index == null) {
          index = indexNames();
          byName = index;
        }
      }
    }
    return index;
  }

  private NameIndex indexNames() {
    int[] slots = new int[Integer.highestOneBit(Math.max(count, 8)) << 2];
    int[] next = new int[count];
    // From the last to the first, so that each chain runs in the order of the profile.
    for (int i = count - 1; i >= 0; i--) {
      int slot = slot(slots, names, start(i), nameEnds[i]);
      next[i] = slots[slot];
      slots[slot] = i + 1;
    }
    return new NameIndex(slots, next);
  }

  private int slot(int[] slots, byte[] bytes, int start, int end) {
    int mask = slots.length - 1;
    int slot = hash(bytes, start, end) & mask;
    while (slots[slot] != 0) {
      int other = slots[slot] - 1;
      if (Arrays.equals(names, start(other), nameEnds[other], bytes, start, end)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static int hash(byte[] bytes, int start, int end) {
    int hash = SEED;
    for (int i = start; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private int start(int index) {
    return index == 0 ? 0 : nameEnds[index - 1];
  }

  /**
   * Returns the symbols in the order of their addresses; equal ones in the order of the profile.
   */
  int[] byAddress() {
    int[] order = byAddress;
    if (order == null) {
      synchronized (this) {
        order = byAddress;
        if (order == null) {
          order = sortByAddress();
          byAddress = order;
        }
      }
    }
    return order;
  }

  private int[] sortByAddress() {
    int[] order = new int[count];
    boolean sorted = true;
    for (int i = 0; i < count; i++) {
      order[i] = i;
      sorted &= i == 0 || Long.compareUnsigned(addresses[i - 1], addresses[i]) <= 0;
    }
    return sorted ? order : radixSort(order);
  }

  private int[] radixSort(int[] order) {
    int[] from = order;
    int[] to = new int[count];
    for (int shift = 0; shift < Long.SIZE; shift += 8) {
      int[] ends = new int[257];
      for (int index : from) {
        ends[(int) (addresses[index] >>> shift & 0xff) + 1]++;
      }
      for (int digit = 0; digit < 256; digit++) {
        ends[digit + 1] += ends[digit];
      }
      for (int index : from) {
        to[ends[(int) (addresses[index] >>> shift & 0xff)]++] = index;
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }
}
