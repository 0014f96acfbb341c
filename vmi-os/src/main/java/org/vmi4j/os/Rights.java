package org.vmi4j.os;

/**
 * The access rights of a process to a region of its memory, as its operating system granted them.
 * Page tables may allow less, as for a copy-on-write page.
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
