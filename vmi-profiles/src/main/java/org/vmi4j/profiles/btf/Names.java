package org.vmi4j.profiles.btf;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.vmi4j.profiles.ProfileException;

/** The IDs of named types and variables, in a hash table with one for each name and kind. */
final class Names {
  /** Prevents a guest from crafting names that all collide. */
  private static final int SEED = new SplittableRandom().nextInt();

  /** Far more than occur by chance in a table that is at most half full. */
  private static final int MAX_PROBES = 4096;

  private final BtfTable table;
  private final int[] slots;

  Names(BtfTable table, BtfTable base) {
    this.table = table;
    int named = 0;
    for (int id = table.firstId(); id < table.endId(); id++) {
      named += isNamed(id) ? 1 : 0;
    }
    slots = new int[Integer.highestOneBit(Math.max(named, 8)) << 2];
    for (int id = table.firstId(); id < table.endId(); id++) {
      if (isNamed(id)) {
        insert(id, base);
      }
    }
  }

  private boolean isNamed(int id) {
    return Kinds.named(table.kind(id)) && table.nameOffset(id) != 0;
  }

  private void insert(int id, BtfTable base) {
    int offset = table.nameOffset(id);
    BtfTable strings = table.hasString(offset) ? table : base;
    if (strings == null || !strings.hasString(offset)) {
      return;
    }
    int slot = strings.stringHash(offset) & (slots.length - 1);
    for (int probes = 0; slots[slot] != 0; probes++) {
      if (probes > MAX_PROBES) {
        throw new ProfileException(
            table.origin() + ": more than " + MAX_PROBES + " types have names that are the same");
      }
      int other = slots[slot];
      if (table.nameOffset(other) == offset && table.kind(other) == table.kind(id)) {
        return;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = id;
  }

  static int hash(byte[] bytes, int start, int end) {
    int hash = SEED;
    for (int i = start; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
      hash ^= hash >>> 15;
    }
    return hash;
  }

  int firstSlot(byte[] name) {
    return hash(name, 0, name.length) & (slots.length - 1);
  }

  int nextSlot(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  /** Returns the ID of the type in a slot; 0 ends the search. */
  int at(int slot) {
    return slots[slot];
  }

  /** Returns the IDs of the types, without the variables, lowest first. */
  int[] types() {
    return Arrays.stream(slots)
        .filter(id -> id != 0 && table.kind(id) != Kinds.VAR)
        .sorted()
        .toArray();
  }
}
