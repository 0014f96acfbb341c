package org.vmi4j.os;

/** What the pages of a region come from. */
public sealed interface Backing {
  /** Returns the path of the file or the special name; empty for anonymous memory. */
  String name();

  /** Returns the offset in the file at which the region begins, in bytes; 0 if it is not a file. */
  default long offset() {
    return 0;
  }

  /**
   * A file.
   *
   * @param name its path, as the operating system shows it
   * @param offset the offset in the file at which the region begins, in bytes
   */
  record File(String name, long offset) implements Backing {}

  /**
   * Memory with a purpose that the operating system names.
   *
   * @param name the operating system's name for it: {@code "[heap]"}
   */
  record Special(String name) implements Backing {}

  /** Anonymous memory: initially zero, not backed by a file. */
  record Anonymous() implements Backing {
    @Override
    public String name() {
      return "";
    }
  }
}
