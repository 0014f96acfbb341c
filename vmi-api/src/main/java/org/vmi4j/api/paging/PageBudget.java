package org.vmi4j.api.paging;

import org.vmi4j.api.memory.PhysicalMemory;

/**
 * A limit on the pages that one answer visits. Honest page tables and the pages that they map lie
 * in the guest's memory, most of them once; tables of a hostile guest that refer to each other map
 * everything, or take forever to map nothing.
 *
 * <p>A budget serves one answer, which may visit several ranges, and one thread.
 */
public final class PageBudget {
  /** How many times a guest may map its memory: pages are shared, as that of zeros is. */
  private static final int MOST_SHARED = 4;

  /** What the smallest guest may map: devices have addresses, too. */
  private static final long LEAST = 1L << 30;

  private static final int ENTRY_BYTES = 8;

  private final long limit;
  private long charged;

  private PageBudget(long limit) {
    this.limit = limit;
  }

  /**
   * Returns the budget of one answer about a guest: four times the size of its memory, and at least
   * 1 GiB.
   *
   * @param memory the guest's memory
   */
  public static PageBudget of(PhysicalMemory memory) {
    long most = Long.MAX_VALUE / MOST_SHARED;
    return new PageBudget(Math.max(LEAST, Math.min(memory.size(), most) * MOST_SHARED));
  }

  /**
   * Charges a page.
   *
   * @param bytes its size, not negative
   * @throws PageBudgetExceededException if more was charged by then than the budget allows
   */
  void chargePage(long bytes) {
    charged += bytes;
    if (charged > limit || charged < 0) {
      charged = limit;
      throw new PageBudgetExceededException(limit);
    }
  }

  /**
   * Charges an entry that maps nothing. The budget is several times as large as memory because
   * pages are shared; tables are not, so an entry counts as many times.
   *
   * @throws PageBudgetExceededException if more was charged by then than the budget allows
   */
  void chargeHole() {
    chargePage(MOST_SHARED * ENTRY_BYTES);
  }
}
