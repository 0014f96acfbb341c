package org.vmi4j.shell.session;

import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Progress;

/**
 * Shows the progress of a long operation on a terminal, and stops the operation when its thread is
 * interrupted. It shows nothing if the output is not a terminal. The launcher reports a terminal
 * with {@code -Dvmi.terminal=true}.
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

  /** Starts the clock of a new operation. */
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

  /** Shows a text in place of the progress; it must fit on a line. */
  public void show(String text) {
    if (terminal) {
      clear();
      err.print(text);
      err.flush();
      shown = true;
    }
  }

  /** Leaves a text on the terminal. */
  public void conclude(String text) {
    if (terminal) {
      clear();
      err.println(text);
    }
  }

  /** Clears the line, by the control sequence EL of ECMA-48, which every terminal knows. */
  public void clear() {
    if (shown) {
      err.print("\r\u001b[K");
      err.flush();
      shown = false;
    }
  }
}
