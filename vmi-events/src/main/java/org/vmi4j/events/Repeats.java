package org.vmi4j.events;

/**
 * Breakpoints that were reported, but whose instruction was not executed, since an interrupt came
 * before it: they will be reached once more by the same thread, which is not to be reported again.
 */
final class Repeats {
  private static final int MOST = 64;

  private final long[] addresses = new long[MOST];
  private final long[] stacks = new long[MOST];
  private final long[] roots = new long[MOST];
  private int count;

  /** Which one is forgotten next, once there are too many. */
  private int oldest;

  /** Expects a thread, known by its stack and its page tables, at an address once more. */
  void add(long address, long stack, long root) {
    int place = count;
    if (count == MOST) {
      place = oldest;
      oldest = (oldest + 1) % MOST;
    } else {
      count++;
    }
    addresses[place] = address;
    stacks[place] = stack;
    roots[place] = root;
  }

  /** Returns whether a thread was expected at an address, and expects it no more. */
  boolean take(long address, long stack, long root) {
    for (int i = 0; i < count; i++) {
      if (addresses[i] == address && stacks[i] == stack && roots[i] == root) {
        count--;
        addresses[i] = addresses[count];
        stacks[i] = stacks[count];
        roots[i] = roots[count];
        return true;
      }
    }
    return false;
  }
}
