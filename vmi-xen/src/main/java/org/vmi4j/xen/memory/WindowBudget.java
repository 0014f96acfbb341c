package org.vmi4j.xen.memory;

/**
 * How many windows of one domain may be mapped at a time, and what for. Some are kept for readers.
 * The rest is spare: a window that gave way to another stays mapped until the garbage collector has
 * found that no reader refers to it, and only when the spare ones are used up must a reader wait
 * for a collection.
 *
 * @param total all that may be mapped, from {@value #LEAST}
 */
public record WindowBudget(int total) {
  /** A walk of five tables to a value across two pages reads 12 windows: they must be kept. */
  private static final int LEAST_KEPT = 16;

  /** A collection then serves at least as many mappings. */
  private static final int LEAST_SPARE = 16;

  /** The least total. */
  public static final int LEAST = LEAST_KEPT + LEAST_SPARE;

  /**
   * Of many windows a fifth is spare, so that a collection makes room for a quarter of those kept.
   */
  private static final int SPARE_PART = 5;

  /** Checks the total. */
  public WindowBudget {
    if (total < LEAST) {
      throw new IllegalArgumentException("fewer than " + LEAST + " windows: " + total);
    }
  }

  /** The smallest budget that keeps a number of windows. */
  public static WindowBudget keeping(int kept) {
    long spare = Math.max(LEAST_SPARE, (kept - 1) / (SPARE_PART - 1));
    return new WindowBudget((int) Math.max(LEAST, kept + spare));
  }

  /** How many windows may be kept. */
  public int kept() {
    return total - Math.max(LEAST_SPARE, total / SPARE_PART);
  }

  /** How many of those that are kept may be in one range of addresses, where they stay. */
  public int contiguous() {
    return kept() / 2;
  }
}
