package org.vmi4j.profiles;

import java.util.function.Supplier;

/** A member of a structure or union. */
public final class Member {
  private final String name;
  private final boolean anonymous;
  private final long offset;
  private final int bitOffset;
  private final int bitSize;
  private final Supplier<Type> type;

  private Member(
      String name,
      boolean anonymous,
      long offset,
      int bitOffset,
      int bitSize,
      Supplier<Type> type) {
    this.name = name;
    this.anonymous = anonymous;
    this.offset = offset;
    this.bitOffset = bitOffset;
    this.bitSize = bitSize;
    this.type = type;
  }

  /** A member that is whole bytes; an empty name makes it anonymous. */
  public static Member of(String name, long offset, Supplier<Type> type) {
    return new Member(name, name.isEmpty(), offset, 0, 0, type);
  }

  /** A member that C declares without a name, for which the profile has made one up. */
  public static Member anonymous(String name, long offset, Supplier<Type> type) {
    return new Member(name, true, offset, 0, 0, type);
  }

  /**
   * A bit field.
   *
   * @param offset the byte where its storage begins
   * @param bitOffset its lowest bit, counted from bit 0 of that byte
   * @param bitSize how many bits it has
   */
  public static Member bits(
      String name, long offset, int bitOffset, int bitSize, Supplier<Type> type) {
    return new Member(name, false, offset, bitOffset, bitSize, type);
  }

  /** Its name; empty when it has none. */
  public String name() {
    return name;
  }

  /** Whether its own members are reached as if they were those of the structure around it. */
  public boolean anonymous() {
    return anonymous;
  }

  /** The byte, from the start of the structure, where it or its storage begins. */
  public long offset() {
    return offset;
  }

  /** The lowest bit of a bit field, from bit 0 of the byte at {@link #offset()}. */
  public int bitOffset() {
    return bitOffset;
  }

  /** How many bits a bit field has; 0 for any other member. */
  public int bitSize() {
    return bitSize;
  }

  /** Its type; for a bit field, that of its storage. */
  public Type type() {
    return type.get();
  }

  @Override
  public String toString() {
    String bits = bitSize == 0 ? "" : " : " + bitSize;
    return "0x" + Long.toHexString(offset) + " " + Declaration.of(type(), name) + bits;
  }
}
