package org.vmi4j.api.elf;

import java.nio.ByteBuffer;

/**
 * A section header of an ELF file: System V ABI, chapter 4, "Sections". Of its fields those are
 * here that a core's sections use; the others are zero where it is written.
 *
 * @param name {@code sh_name}, where the name begins in the section of names
 * @param offset {@code sh_offset}, where in the file its content is
 * @param size {@code sh_size}, in bytes
 * @param info {@code sh_info}
 */
public record SectionHeader(int name, long offset, long size, int info) {

  /** Reads a header at the position of a little-endian buffer, and moves that behind it. */
  public static SectionHeader read(ByteBuffer from, ElfClass elfClass) {
    int name = from.getInt();
    from.getInt(); // sh_type
    elfClass.get(from); // sh_flags
    elfClass.get(from); // sh_addr
    long offset = elfClass.get(from);
    long size = elfClass.get(from);
    from.getInt(); // sh_link
    int info = from.getInt();
    elfClass.get(from); // sh_addralign
    elfClass.get(from); // sh_entsize
    return new SectionHeader(name, offset, size, info);
  }

  /**
   * Writes the header, of the type SHT_NULL, at the position of a little-endian buffer, and moves
   * that behind it.
   *
   * @throws IllegalArgumentException if the offset or the size does not fit the class
   */
  public void write(ByteBuffer into, ElfClass elfClass) {
    into.putInt(name);
    into.putInt(0); // sh_type
    elfClass.put(into, 0); // sh_flags
    elfClass.put(into, 0); // sh_addr
    elfClass.put(into, offset);
    elfClass.put(into, size);
    into.putInt(0); // sh_link
    into.putInt(info);
    elfClass.put(into, 0); // sh_addralign
    elfClass.put(into, 0); // sh_entsize
  }
}
