package org.vmi4j.profiles;

import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a guest's kernel: its types and its symbols, from a file or from the guest's own
 * memory.
 */
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
   * Puts a profile together.
   *
   * @param origin where it is from, for messages: a file's name and format, or the place in memory
   * @param types its types, {@link Types#NONE} if there are none
   * @param symbols its symbols, {@link Symbols#NONE} if there are none
   * @param pointerSize bytes in a pointer, 4 or 8
   */
  public static Profile of(String origin, Types types, Symbols symbols, int pointerSize) {
    return new Profile(origin, types, symbols, pointerSize, null);
  }

  /** The same profile, for the kernel of this identity. */
  public Profile withIdentity(Identity known) {
    return new Profile(origin, types, symbols, pointerSize, Objects.requireNonNull(known));
  }

  /**
   * The same profile with other symbols, for instance {@linkplain Symbols#shifted shifted} ones.
   */
  public Profile withSymbols(Symbols others) {
    return new Profile(origin, types, others, pointerSize, identity);
  }

  /** Where it is from, for messages. */
  public String origin() {
    return origin;
  }

  /** Its types. */
  public Types types() {
    return types;
  }

  /** Its symbols. */
  public Symbols symbols() {
    return symbols;
  }

  /** Bytes in a pointer, 4 or 8. */
  public int pointerSize() {
    return pointerSize;
  }

  /** Which kernel it belongs to, if it says so. */
  public Optional<Identity> identity() {
    return Optional.ofNullable(identity);
  }

  /** Starts to look up what a program needs of it. */
  public Binder binder() {
    return new Binder(this);
  }

  @Override
  public String toString() {
    return origin + ": " + types.count() + " types, " + symbols.count() + " symbols";
  }
}
