package org.vmi4j.profiles;

/**
 * Limits that no valid profile exceeds: profiles are untrusted files, and guest memory is hostile.
 */
final class Limits {
  /** The maximum nesting of arrays, pointers, or anonymous structures. */
  static final int NESTING = 32;

  /** The maximum number of members examined to find one. */
  static final int MEMBERS = 100_000;

  /** The approximate maximum length of one declaration, in characters. */
  static final int DECLARATION = 4096;

  /**
   * The approximate maximum length of the declarations of all members of a structure, in
   * characters.
   */
  static final int LAYOUT = 1 << 22;

  private Limits() {}
}
