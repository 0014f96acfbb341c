package org.vmi4j.benchmarks;

import java.util.Locale;

/**
 * A row of the table: a benchmark beside C's loop, or alone.
 *
 * @param work what is done, in words
 * @param name the benchmark's method
 * @param c the name of C's loop, or nothing
 * @param goal what is to be reached
 * @param elsewhere what others took, measured on another machine on another day
 */
record Row(String work, String name, String c, Goal goal, String elsewhere) {

  /** What is to be reached: some times C, less than a time, or nothing in particular. */
  record Goal(double timesC, double nanoseconds) {
    static final Goal NONE = new Goal(0, 0);

    static Goal timesC(double factor) {
      return new Goal(factor, 0);
    }

    static Goal nanoseconds(double limit) {
      return new Goal(0, limit);
    }

    private String text() {
      if (timesC > 0) {
        return timesC + " x C";
      }
      return nanoseconds > 0 ? time(nanoseconds) : "";
    }

    private String verdict(double ours, double theirs) {
      if (this.equals(NONE)) {
        return "";
      }
      return ours <= (timesC > 0 ? timesC * theirs : nanoseconds) ? "reached" : "missed";
    }
  }

  /** The row as Markdown, with times in nanoseconds. */
  String markdown(Samples java, Samples loops) {
    double ours = java.median(name);
    double theirs = c.isEmpty() ? Double.NaN : loops.median(c);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s to %s | %s | %s | %s | %s | %s |",
        work,
        time(ours),
        time(java.least(name)),
        time(java.greatest(name)),
        c.isEmpty() ? "" : time(theirs),
        c.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", ours / theirs),
        goal.text(),
        goal.verdict(ours, theirs),
        elsewhere);
  }

  private static String time(double nanoseconds) {
    return nanoseconds < 10_000
        ? String.format(Locale.ROOT, "%.1f ns", nanoseconds)
        : nanoseconds < 1e6
            ? String.format(Locale.ROOT, "%.1f us", nanoseconds / 1e3)
            : String.format(Locale.ROOT, "%.2f ms", nanoseconds / 1e6);
  }
}
