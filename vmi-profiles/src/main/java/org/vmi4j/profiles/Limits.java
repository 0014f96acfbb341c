package org.vmi4j.profiles;

/**
 * What no honest profile exceeds: a profile is a file from anywhere, and guest memory is hostile.
 */
final class Limits {
  /** How deep arrays, pointers, or anonymous structures nest. */
  static final int NESTING = 32;

  /** How many members are looked at to find one. */
  static final int MEMBERS = 100_000;

  /** How many characters declare one thing, about. */
  static final int DECLARATION = 4096;

  /** How many characters declare all members of a structure, about. */
  static final int LAYOUT = 1 << 22;

  private Limits() {}
}
