package org.vmi4j.os;

import org.vmi4j.api.memory.PhysicalMemory;

/**
 * A limit on what one whole answer may hold. In an honest guest every structure and every text
 * occupies memory of its own, so that an answer is never larger than the guest's memory. A hostile
 * guest makes many small structures refer to one large one: a million descriptors share one path, a
 * thousand processes one list of arguments. Whoever collects an answer charges the size of each
 * structure and text; the answer ends when more was charged than the guest has memory.
 *
 * <p>A budget serves one answer and one thread.
 */
public final class Budget {
  /** The lower limit, in bytes, for small guests and for images that hold a fragment of memory. */
  private static final long LEAST = 16L << 20;

  /** The fraction of the heap that one answer may fill. */
  private static final int HEAP_FRACTION = 4;

  /** The bytes read, a string of each part, the parts joined, and the cell of a table. */
  private static final int TEXT_COPIES = 4;

  private final long limit;
  private long charged;

  /**
   * Creates a budget of a given size.
   *
   * @param bytes how much may be charged
   */
  public Budget(long bytes) {
    this.limit = bytes;
  }

  /**
   * Returns the budget for one answer about a guest: the size of its memory, at most a quarter of
   * the heap of this JVM and at least 16 MiB.
   *
   * @param memory the guest's memory
   */
  public static Budget of(PhysicalMemory memory) {
    long room = Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
    return new Budget(Math.max(LEAST, Math.min(memory.size(), room)));
  }

  /**
   * Charges a part of the answer.
   *
   * @param bytes its size in the guest, not negative
   * @throws BudgetExceededException if more was charged by then than the budget allows
   */
  public void charge(long bytes) {
    charged += bytes;
    if (charged > limit || charged < 0) {
      charged = limit;
      throw new BudgetExceededException(limit);
    }
  }

  /**
   * Charges a text, which is held several times on its way into an answer.
   *
   * @param bytes its length in the guest, not negative
   * @throws BudgetExceededException if more was charged by then than the budget allows
   */
  public void chargeText(long bytes) {
    charge(bytes * TEXT_COPIES);
  }
}
