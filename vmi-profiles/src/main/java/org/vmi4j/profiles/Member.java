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

  /** Creates a member of whole bytes; an empty name makes it anonymous. */
  public static Member of(String name, long offset, Supplier<Type> type) {
    return new Member(name, name.isEmpty(), offset, 0, 0, type);
  }

  /** Creates a member that is anonymous in C, with the name that the profile generated for it. */
  public static Member anonymous(String name, long offset, Supplier<Type> type) {
    return new Member(name, true, offset, 0, 0, type);
  }

  /**
   * Creates a bit field.
   *
   * @param offset the offset of its storage, in bytes
   * @param bitOffset its lowest bit, counted from bit 0 of that byte
   * @param bitSize its width in bits
   */
  public static Member bits(
      String name, long offset, int bitOffset, int bitSize, Supplier<Type> type) {
    return new Member(name, false, offset, bitOffset, bitSize, type);
  }

  /** Returns its name; empty if it has none. */
  public String name() {
    return name;
  }

  /** Returns whether its own members are accessed as members of the enclosing structure. */
  public boolean anonymous() {
    return anonymous;
  }

  /** Returns the offset in bytes, from the start of the structure, of the member or its storage. */
  public long offset() {
    return offset;
  }

  /** Returns the lowest bit of a bit field, from bit 0 of the byte at {@link #offset()}. */
  public int bitOffset() {
    return bitOffset;
  }

  /** Returns the width of a bit field in bits; 0 for any other member. */
  public int bitSize() {
    return bitSize;
  }

  /** Returns its type; for a bit field, that of its storage. */
  public Type type() {
    return type.get();
  }

  @Override
  public String toString() {
    String bits = bitSize == 0 ? "" : " : " + bitSize;
    return "0x" + Long.toHexString(offset) + " " + Declaration.of(type(), name) + bits;
  }
}
