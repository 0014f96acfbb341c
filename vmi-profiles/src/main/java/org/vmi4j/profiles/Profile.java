package org.vmi4j.profiles;

import java.util.Objects;
import java.util.Optional;

/** The types and symbols of a guest's kernel, from a file or from the guest's own memory. */
public final class Profile {
  private final String origin;
  private final Types types;
  private final Symbols symbols;
  private final int pointerSize;
  private final Identity identity;

  private Profile(String origin, Types types, Symbols symbols, int pointerSize, Identity identity) {
    this.origin = Objects.requireNonNull(origin);
    this.types = Objects.requireNonNull(types);
    this.symbols = Objects.requireNonNull(symbols);
    this.pointerSize = pointerSize;
    this.identity = identity;
  }

  /**
   * Creates a profile.
   *
   * @param origin its origin, for messages: a file's name and format, or a location in memory
   * @param types its types, {@link Types#NONE} if there are none
   * @param symbols its symbols, {@link Symbols#NONE} if there are none
   * @param pointerSize the size of a pointer in bytes, 4 or 8
   */
  public static Profile of(String origin, Types types, Symbols symbols, int pointerSize) {
    return new Profile(origin, types, symbols, pointerSize, null);
  }

  /** Returns the same profile, for the kernel of this identity. */
  public Profile withIdentity(Identity known) {
    return new Profile(origin, types, symbols, pointerSize, Objects.requireNonNull(known));
  }

  /**
   * Returns the same profile with other symbols, for instance {@linkplain Symbols#shifted shifted}
   * ones.
   */
  public Profile withSymbols(Symbols others) {
    return new Profile(origin, types, others, pointerSize, identity);
  }

  /** Returns its origin, for messages. */
  public String origin() {
    return origin;
  }

  /** Returns its types. */
  public Types types() {
    return types;
  }

  /** Returns its symbols. */
  public Symbols symbols() {
    return symbols;
  }

  /** Returns the size of a pointer in bytes, 4 or 8. */
  public int pointerSize() {
    return pointerSize;
  }

  /** Returns the identity of its kernel, if the profile states it. */
  public Optional<Identity> identity() {
    return Optional.ofNullable(identity);
  }

  /** Returns a new binder, which looks up what a program needs. */
  public Binder binder() {
    return new Binder(this);
  }

  @Override
  public String toString() {
    return origin + ": " + types.count() + " types, " + symbols.count() + " symbols";
  }
}
