package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.Progress;
import org.vmi4j.profiles.ProfileException;

/**
 * Bounds the bytes that a search reads. A hostile guest can fill its memory with false tables, each
 * of which makes the search read much of the memory around it.
 */
final class Work {
  /** The cost of one kernel: its memory once, and its names for each plausible count. */
  private static final long EXTRA = 1 << 28;

  private static final long REPORT = 1 << 20;

  private final Progress progress;
  private final long total;
  private final long most;
  private long position;
  private long read;
  private long reported;

  /**
   * @param progress receives the position, also while the search does not advance
   * @param total the size of the searched range in bytes
   */
  Work(Progress progress, long total) {
    this.progress = progress;
    this.total = total;
    this.most = 2 * total + EXTRA;
  }

  /** Records how much of the range has been searched. */
  void reached(long done) {
    position = done;
  }

  /**
   * Counts bytes that are read.
   *
   * @throws ProfileException if they exceed what any kernel needs
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
