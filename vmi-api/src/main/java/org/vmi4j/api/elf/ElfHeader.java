package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The header of an ELF file: System V ABI, chapter 4, "ELF Header". Only little-endian files are
 * read and written.
 *
 * @param elfClass the width of addresses in the file
 * @param type {@code e_type}, such as {@link #CORE}
 * @param machine {@code e_machine}; see {@link ElfMachine}
 * @param programHeaders where the program headers are; of {@link #MANY} or more it counts that
 *     number, and the first section header has theirs in {@code sh_info} (PN_XNUM, elf(5))
 * @param sectionHeaders where the section headers are
 * @param sectionNames {@code e_shstrndx}, the index of the section that holds the names of all
 */
public record ElfHeader(
    ElfClass elfClass,
    int type,
    int machine,
    Table programHeaders,
    Table sectionHeaders,
    int sectionNames) {

  /** The first four bytes of a file, as a little-endian number. */
  public static final int MAGIC = 0x464c457f;

  /** ET_CORE. */
  public static final int CORE = 4;

  /** PN_XNUM. */
  public static final int MANY = 0xffff;

  private static final int CLASS = 4;
  private static final int DATA = 5;
  private static final byte LITTLE_ENDIAN = 1;
  private static final int IDENT = 16;
  private static final byte VERSION = 1;

  /**
   * A table of headers.
   *
   * @param offset where in the file it begins; 0 where there is none
   * @param entrySize the size of each header, in bytes
   * @param count how many there are
   */
  public record Table(long offset, int entrySize, int count) {}

  /** Returns the class of a file, empty if its header has none that is known. */
  public static Optional<ElfClass> classOf(ByteBuffer header) {
    return ElfClass.ofIdent(header.get(header.position() + CLASS));
  }

  /** Returns whether the header says that the file is little-endian. */
  public static boolean isLittleEndian(ByteBuffer header) {
    return header.get(header.position() + DATA) == LITTLE_ENDIAN;
  }

  /** Reads a header at the position of a little-endian buffer, and moves that behind it. */
  public static ElfHeader read(ByteBuffer from, ElfClass elfClass) {
    from.position(from.position() + IDENT);
    int type = half(from);
    int machine = half(from);
    from.getInt(); // e_version
    elfClass.get(from); // e_entry
    long programHeaders = elfClass.get(from);
    long sectionHeaders = elfClass.get(from);
    from.getInt(); // e_flags
    half(from); // e_ehsize
    Table programs = new Table(programHeaders, half(from), half(from));
    Table sections = new Table(sectionHeaders, half(from), half(from));
    return new ElfHeader(elfClass, type, machine, programs, sections, half(from));
  }

  /**
   * Writes the header at the position of a little-endian buffer, and moves that behind it.
   *
   * @throws IllegalArgumentException if an offset does not fit the class
   */
  public void write(ByteBuffer into) {
    int start = into.position();
    into.putInt(MAGIC).put(elfClass.ident()).put(LITTLE_ENDIAN).put(VERSION);
    into.position(start + IDENT);
    into.putShort((short) type).putShort((short) machine).putInt(VERSION);
    elfClass.put(into, 0); // e_entry
    elfClass.put(into, programHeaders.offset());
    elfClass.put(into, sectionHeaders.offset());
    into.putInt(0); // e_flags
    into.putShort((short) elfClass.header());
    into.putShort((short) programHeaders.entrySize()).putShort((short) programHeaders.count());
    into.putShort((short) sectionHeaders.entrySize()).putShort((short) sectionHeaders.count());
    into.putShort((short) sectionNames);
  }

  private static int half(ByteBuffer from) {
    return from.getShort() & 0xffff;
  }
}
