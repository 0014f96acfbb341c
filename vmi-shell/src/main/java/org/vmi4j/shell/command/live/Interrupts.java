package org.vmi4j.shell.command.live;

import java.util.function.Supplier;
import org.jline.utils.Signals;

/** Lets Ctrl-C interrupt a thread and not end the program. */
final class Interrupts {
  private static final String SIGNAL = "INT";

  private Interrupts() {}

  /** Does work that Ctrl-C interrupts; afterwards, it does again what it did before. */
  static <T> T during(Supplier<T> work) {
    Thread worker = Thread.currentThread();
    Object before = Signals.register(SIGNAL, worker::interrupt);
    try {
      return work.get();
    } finally {
      Signals.unregister(SIGNAL, before);
    }
  }
}
