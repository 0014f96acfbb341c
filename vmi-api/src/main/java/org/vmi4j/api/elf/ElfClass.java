package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The two widths of ELF files (System V ABI, chapter 4, "ELF Identification": EI_CLASS). */
public enum ElfClass {
  /** ELFCLASS32: addresses and sizes below 4 GiB. */
  BITS_32(1, Integer.BYTES, 52, 32, 40),

  /** ELFCLASS64. */
  BITS_64(2, Long.BYTES, 64, 56, 64);

  private final byte ident;
  private final int word;
  private final int header;
  private final int programHeader;
  private final int sectionHeader;

  ElfClass(int ident, int word, int header, int programHeader, int sectionHeader) {
    this.ident = (byte) ident;
    this.word = word;
    this.header = header;
    this.programHeader = programHeader;
    this.sectionHeader = sectionHeader;
  }

  /** Returns the class of files whose addresses have so many bytes, 4 or 8. */
  public static ElfClass ofPointerSize(int pointerSize) {
    return pointerSize == Integer.BYTES ? BITS_32 : BITS_64;
  }

  /** Returns the class of a value of EI_CLASS, empty if it has none. */
  static Optional<ElfClass> ofIdent(byte ident) {
    return Arrays.stream(values()).filter(elfClass -> elfClass.ident == ident).findFirst();
  }

  /** The value of EI_CLASS. */
  byte ident() {
    return ident;
  }

  /** The size of the file header, in bytes. */
  public int header() {
    return header;
  }

  /** The size of a program header, in bytes. */
  public int programHeader() {
    return programHeader;
  }

  /** The size of a section header, in bytes. */
  public int sectionHeader() {
    return sectionHeader;
  }

  /** Reads an address, an offset or a size; one of 32 bits is unsigned. */
  long get(ByteBuffer from) {
    return word == Long.BYTES ? from.getLong() : Integer.toUnsignedLong(from.getInt());
  }

  /**
   * Writes an address, an offset or a size.
   *
   * @throws IllegalArgumentException if it has more bits than fit
   */
  void put(ByteBuffer into, long value) {
    if (word == Long.BYTES) {
      into.putLong(value);
    } else if (value >>> Integer.SIZE == 0) {
      into.putInt((int) value);
    } else {
      throw new IllegalArgumentException(
          "0x" + Long.toHexString(value) + " does not fit a 32-bit ELF file");
    }
  }
}
