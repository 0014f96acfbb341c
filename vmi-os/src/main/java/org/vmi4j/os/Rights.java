package org.vmi4j.os;

/**
 * What a process may do in a region of its memory, as its operating system granted it. Page tables
 * may allow less, as for a page that is still to be copied on the first write.
 *
 * @param read whether it may read
 * @param write whether it may write
 * @param execute whether it may execute
 */
public record Rights(boolean read, boolean write, boolean execute) {
  /** Returns three letters, with {@code -} for what is not granted: {@code "r-x"}. */
  @Override
  public String toString() {
    return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-");
  }
}
