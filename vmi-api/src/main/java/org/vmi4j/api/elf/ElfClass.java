package org.vmi4j.api.elf;

import java.nio.ByteBuffer;

/** The two widths of ELF files (System V ABI, chapter 4, "ELF Identification": EI_CLASS). */
public enum ElfClass {
  /** ELFCLASS32: addresses and sizes below 4 GiB. */
  BITS_32(1, Integer.BYTES, 52, 32, 40, 28),

  /** ELFCLASS64. */
  BITS_64(2, Long.BYTES, 64, 56, 64, 44);

  private final byte ident;
  private final int word;
  private final int header;
  private final int programHeader;
  private final int sectionHeader;
  private final int sectionInfo;

  ElfClass(int ident, int word, int header, int programHeader, int sectionHeader, int sectionInfo) {
    this.ident = (byte) ident;
    this.word = word;
    this.header = header;
    this.programHeader = programHeader;
    this.sectionHeader = sectionHeader;
    this.sectionInfo = sectionInfo;
  }

  /** Returns the class of files whose addresses have so many bytes, 4 or 8. */
  public static ElfClass ofPointerSize(int pointerSize) {
    return pointerSize == Integer.BYTES ? BITS_32 : BITS_64;
  }

  /** The value of EI_CLASS. */
  public byte ident() {
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

  /** Where in a section header {@code sh_info} is, in bytes. */
  public int sectionInfo() {
    return sectionInfo;
  }

  /**
   * Writes an address, an offset or a size.
   *
   * @throws IllegalArgumentException if it has more bits than fit
   */
  public void put(ByteBuffer into, long value) {
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
