package org.vmi4j.api.elf;

import java.nio.ByteBuffer;

/**
 * A program header of an ELF file: System V ABI, chapter 5, "Program Header".
 *
 * @param type {@code p_type}, such as {@link #LOAD}
 * @param flags {@code p_flags}: 4 read, 2 write, 1 execute
 * @param offset {@code p_offset}, where in the file its content is
 * @param virtual {@code p_vaddr}
 * @param physical {@code p_paddr}
 * @param fileSize {@code p_filesz}, its size in the file, in bytes
 * @param memorySize {@code p_memsz}, its size in memory, in bytes
 * @param alignment {@code p_align}
 */
public record ProgramHeader(
    int type,
    int flags,
    long offset,
    long virtual,
    long physical,
    long fileSize,
    long memorySize,
    long alignment) {

  /** PT_LOAD. */
  public static final int LOAD = 1;

  /** PT_NOTE. */
  public static final int NOTE = 4;

  /** Reads a header at the position of a little-endian buffer, and moves that behind it. */
  public static ProgramHeader read(ByteBuffer from, ElfClass elfClass) {
    boolean early = flagsFollowType(elfClass);
    int type = from.getInt();
    int flags = early ? from.getInt() : 0;
    long offset = elfClass.get(from);
    long virtual = elfClass.get(from);
    long physical = elfClass.get(from);
    long fileSize = elfClass.get(from);
    long memorySize = elfClass.get(from);
    flags = early ? flags : from.getInt();
    long alignment = elfClass.get(from);
    return new ProgramHeader(
        type, flags, offset, virtual, physical, fileSize, memorySize, alignment);
  }

  /**
   * Writes the header at the position of a little-endian buffer, and moves that behind it.
   *
   * @throws IllegalArgumentException if an address, an offset or a size does not fit the class
   */
  public void write(ByteBuffer into, ElfClass elfClass) {
    boolean early = flagsFollowType(elfClass);
    into.putInt(type);
    if (early) {
      into.putInt(flags);
    }
    elfClass.put(into, offset);
    elfClass.put(into, virtual);
    elfClass.put(into, physical);
    elfClass.put(into, fileSize);
    elfClass.put(into, memorySize);
    if (!early) {
      into.putInt(flags);
    }
    elfClass.put(into, alignment);
  }

  /** The flags are behind the type in a 64-bit file, and before the alignment in one of 32. */
  private static boolean flagsFollowType(ElfClass elfClass) {
    return elfClass == ElfClass.BITS_64;
  }
}
