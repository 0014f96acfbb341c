package org.vmi4j.api;

/**
 * Receives progress of a long operation. A listener that throws stops the work: this is how Ctrl-C
 * ends a search.
 */
@FunctionalInterface
public interface Progress {

  /** Ignores progress. */
  Progress NONE = (done, total) -> {};

  /**
   * Called at intervals by the working thread.
   *
   * @param done how much is done, in units of the work (bytes, for memory)
   * @param total how much there is in all, in the same units
   */
  void advance(long done, long total);
}
