package org.vmi4j.os;

import java.security.SecureRandom;
import java.util.Arrays;

/** A set of non-zero addresses, without an object for each; walks detect loops with it. */
public final class AddressSet {
  /** Odd, and different in each JVM: a guest cannot choose addresses that share a slot. */
  private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

  private long[] slots = new long[256];
  private int size;

  /** Creates an empty set. */
  public AddressSet() {}

  /**
   * Adds an address.
   *
   * @return whether it is new
   */
  public boolean add(long address) {
    int slot = slot(slots, address);
    if (slots[slot] == address) {
      return false;
    }
    slots[slot] = address;
    if (++size > slots.length / 2) {
      long[] larger = new long[slots.length * 2];
      Arrays.stream(slots).filter(old -> old != 0).forEach(old -> larger[slot(larger, old)] = old);
      slots = larger;
    }
    return true;
  }

  private static int slot(long[] slots, long address) {
    int slot = (int) (address * MULTIPLIER >>> 40) & slots.length - 1;
    while (slots[slot] != 0 && slots[slot] != address) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }
}
