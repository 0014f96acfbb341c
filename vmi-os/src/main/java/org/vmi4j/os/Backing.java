package org.vmi4j.os;

/** What the pages of a region come from. */
public sealed interface Backing {
  /** Returns the path of the file or the special name; empty for anonymous memory. */
  String name();

  /** Returns where in the file the region begins, in bytes; 0 for what is no file. */
  default long offset() {
    return 0;
  }

  /**
   * A file.
   *
   * @param name its path, as the operating system shows it
   * @param offset where in the file the region begins, in bytes
   */
  record File(String name, long offset) implements Backing {}

  /**
   * Memory of which the operating system knows what it is for.
   *
   * @param name the operating system's name for it: {@code "[heap]"}
   */
  record Special(String name) implements Backing {}

  /** Pages of zeros at first, that come from no file. */
  record Anonymous() implements Backing {
    @Override
    public String name() {
      return "";
    }
  }
}
