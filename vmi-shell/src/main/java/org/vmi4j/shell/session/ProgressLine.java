package org.vmi4j.shell.session;

import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Progress;

/**
 * Shows on a terminal how far long work has come, and stops the work when its thread is
 * interrupted. In a pipe it shows nothing. The launcher says which it is, with {@code
 * -Dvmi.terminal=true}.
 */
public final class ProgressLine implements Progress {
  private static final long SILENT_NANOSECONDS = 300_000_000;
  private static final long STEP_NANOSECONDS = 100_000_000;

  private final PrintWriter err;
  private final boolean terminal = Boolean.getBoolean("vmi.terminal");
  private long next;
  private boolean shown;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  /** Begins to count the time of a new piece of work. */
  public void begin() {
    next = System.nanoTime() + SILENT_NANOSECONDS;
    shown = false;
  }

  @Override
  public void advance(long done, long total) {
    if (Thread.interrupted()) {
      clear();
      throw new CancellationException("stopped");
    }
    if (terminal && total > 0 && System.nanoTime() - next > 0) {
      err.print("\r" + done / Math.max(1, total / 100) + " % ");
      err.flush();
      shown = true;
      next = System.nanoTime() + STEP_NANOSECONDS;
    }
  }

  /** Takes the line away again. */
  public void clear() {
    if (shown) {
      err.print("\r       \r");
      err.flush();
      shown = false;
    }
  }
}
