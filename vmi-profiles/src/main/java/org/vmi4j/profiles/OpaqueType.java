package org.vmi4j.profiles;

/**
 * A type of which only the name is known: {@code void}, a structure that is declared and never
 * defined, or one that a profile leaves out.
 *
 * @param name its name, with {@code struct} or {@code union} if the profile states it
 */
public record OpaqueType(String name) implements Type {
  /** The type {@code void}. */
  public static final OpaqueType VOID = new OpaqueType("void");

  @Override
  public long size() {
    return 0;
  }
}
