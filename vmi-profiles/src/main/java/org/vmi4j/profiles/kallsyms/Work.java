package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.Progress;
import org.vmi4j.profiles.ProfileException;

/**
 * Bounds what a search reads. A hostile guest can fill its memory with false tables, each of which
 * costs a look at much of the memory around it.
 */
final class Work {
  /** What one kernel takes: its memory once, and its names for each count that looks right. */
  private static final long EXTRA = 1 << 28;

  private static final long REPORT = 1 << 20;

  private final Progress progress;
  private final long total;
  private final long most;
  private long position;
  private long read;
  private long reported;

  /**
   * @param progress receives the position, also while the search does not move
   * @param total how many bytes are searched
   */
  Work(Progress progress, long total) {
    this.progress = progress;
    this.total = total;
    this.most = 2 * total + EXTRA;
  }

  /** Notes how much of the range is done. */
  void reached(long done) {
    position = done;
  }

  /**
   * Counts bytes that are read.
   *
   * @throws ProfileException when they are more than any kernel takes
   */
  void read(long bytes) {
    read += bytes;
    if (read - reported >= REPORT) {
      reported = read;
      progress.advance(position, total);
    }
    if (read > most) {
      throw new ProfileException(
          "the search for kallsyms stopped after reading "
              + (read >> 20)
              + " MiB: the kernel's memory is full of false tables");
    }
  }
}
