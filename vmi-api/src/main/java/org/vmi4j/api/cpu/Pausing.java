package org.vmi4j.api.cpu;

import java.util.function.Supplier;
import org.vmi4j.api.Capability;

/**
 * The capability to stop all processors of a machine for a while.
 *
 * <p>Pauses may be nested and may overlap: the machine runs when the last one is closed. A machine
 * that somebody else had paused before stays paused. What is still open when the machine is closed,
 * or when the JVM ends in an orderly way, is closed then.
 */
public interface Pausing extends Capability {

  /**
   * Pauses the machine.
   *
   * @throws org.vmi4j.api.VmiException if it cannot be paused
   */
  Pause pause();

  /**
   * Runs work while the machine is paused.
   *
   * @return what the work returns
   * @throws org.vmi4j.api.VmiException if the machine cannot be paused
   */
  default <T> T whilePaused(Supplier<T> work) {
    Pause pause = pause();
    try {
      return work.get();
    } finally {
      pause.close();
    }
  }

  /** One pause, which lasts until it is closed. */
  interface Pause extends AutoCloseable {

    /** Ends the pause; a second call does nothing. A machine that is gone by now is no error. */
    @Override
    void close();
  }
}
