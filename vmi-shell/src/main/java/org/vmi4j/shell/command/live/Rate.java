package org.vmi4j.shell.command.live;

import java.util.Locale;
import java.util.function.LongSupplier;

/** How many events were written, of how many that arrived, and how quickly these arrive. */
final class Rate {
  private static final double NANOSECONDS = 1e9;

  private final LongSupplier arrived;
  private final long start = System.nanoTime();
  private long written;
  private long before;
  private long beforeTime = start;

  /**
   * @param arrived returns how many events arrived so far
   */
  Rate(LongSupplier arrived) {
    this.arrived = arrived;
  }

  /** Counts one event that was written. */
  void written() {
    written++;
  }

  /** Returns the totals, with the rate since this was called last. */
  @Override
  public String toString() {
    long now = System.nanoTime();
    long all = arrived.getAsLong();
    double recent = (all - before) / Math.max(1e-3, (now - beforeTime) / NANOSECONDS);
    before = all;
    beforeTime = now;
    return String.format(Locale.ROOT, "%s, %.0f events/s", totals(all), recent);
  }

  /** Returns the totals, with the time since the start. */
  String summary() {
    double seconds = (System.nanoTime() - start) / NANOSECONDS;
    return String.format(Locale.ROOT, "%s in %.1f s", totals(arrived.getAsLong()), seconds);
  }

  private String totals(long all) {
    return written + " shown of " + all + " events";
  }
}
