package org.vmi4j.profiles;

import org.vmi4j.api.memory.Memory;

/**
 * The position of a member in a structure, and how to read it.
 *
 * @param name its name, or the path to it
 * @param type its type; for a bit field, that of its storage
 * @param offset its offset from the start of the structure, in bytes
 * @param size its size in bytes; for a bit field, the bytes that contain all its bits
 * @param signed whether it is a signed number
 * @param bitOffset the lowest bit of a bit field, from bit 0 of the byte at {@code offset}
 * @param bitSize the width of a bit field in bits; 0 for any other member
 */
public record Field(
    String name, Type type, long offset, long size, boolean signed, int bitOffset, int bitSize) {

  static Field of(Member member) {
    return of(member.name(), member.type(), member.offset(), member.bitOffset(), member.bitSize());
  }

  static Field of(String name, Type type, long offset, int bitOffset, int bitSize) {
    if (bitSize == 0) {
      return new Field(name, type, offset, type.size(), type.signed(), 0, 0);
    }
    // A bit field may be described from the start of its structure, or straddle its storage.
    boolean fits = bitOffset + bitSize <= 8 * type.size();
    long start = fits ? offset : offset + (bitOffset >> 3);
    int shift = fits ? bitOffset : bitOffset & 7;
    long size = fits ? type.size() : powerOfTwo((shift + bitSize + 7) >> 3);
    return new Field(name, type, start, size, type.signed(), shift, bitSize);
  }

  private static int powerOfTwo(int bytes) {
    return bytes <= 1 ? 1 : Integer.highestOneBit(bytes - 1) << 1;
  }

  Field within(Field outer) {
    return new Field(name, type, outer.offset + offset, size, signed, bitOffset, bitSize);
  }

  Field named(String newName) {
    return new Field(newName, type, offset, size, signed, bitOffset, bitSize);
  }

  /**
   * Reads the member as a number: sign-extended if it is signed, otherwise zero-extended.
   *
   * @param base the address of the structure
   * @throws ProfileException if it is not a number of 1, 2, 4 or 8 bytes
   */
  public long read(Memory memory, long base) {
    long address = base + offset;
    long value;
    switch ((int) size) {
      case 1 -> value = memory.readByte(address);
      case 2 -> value = memory.readShort(address);
      case 4 -> value = memory.readInt(address);
      case 8 -> value = memory.readLong(address);
      default -> throw notANumber();
    }
    if (bitSize != 0) {
      return bits(value);
    }
    int spare = 64 - 8 * (int) size;
    return signed ? value : value << spare >>> spare;
  }

  private long bits(long value) {
    long top = value << (64 - bitOffset - bitSize);
    return signed ? top >> (64 - bitSize) : top >>> (64 - bitSize);
  }

  private ProfileException notANumber() {
    return new ProfileException(
        name + " is " + Declaration.of(type, "") + " of " + size + " bytes, which is not a number");
  }

  @Override
  public String toString() {
    String bits = bitSize == 0 ? "" : " bits " + bitOffset + "+" + bitSize;
    return name + " at 0x" + Long.toHexString(offset) + bits;
  }
}
