package org.vmi4j.snapshot.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.elf.ElfClass;
import org.vmi4j.api.elf.ElfHeader;
import org.vmi4j.api.elf.SectionHeader;
import org.vmi4j.snapshot.image.ImageFile;

/**
 * A section of a 64-bit ELF file: System V ABI, chapter 4, "Sections".
 *
 * @param name its name
 * @param offset where in the file it begins
 * @param size its size in bytes
 */
public record ElfSection(String name, long offset, long size) {
  private static final int MAX_SECTIONS = 1024;
  private static final int MAX_NAME = 64;
  private static final int MAX_CONTENT = 64 << 20;

  /** The sections of a file by their names, none when it has no table of them. */
  public static Map<String, ElfSection> of(ImageFile file, ElfHeader header) throws IOException {
    long table = header.sectionHeaders().offset();
    int entrySize = header.sectionHeaders().entrySize();
    int count = header.sectionHeaders().count();
    int names = header.sectionNames();
    int known = ElfClass.BITS_64.sectionHeader();
    if (table == 0 || entrySize < known || count > MAX_SECTIONS || names >= count) {
      return Map.of();
    }
    ByteBuffer headers = file.bytes(table, (count - 1) * entrySize + known);
    ByteBuffer labels = of("section names", header(headers, names * entrySize)).content(file);
    Map<String, ElfSection> sections = new HashMap<>();
    for (int i = 1; i < count; i++) {
      SectionHeader section = header(headers, i * entrySize);
      String name = name(labels, section.name());
      sections.putIfAbsent(name, of(name, section));
    }
    return sections;
  }

  private static SectionHeader header(ByteBuffer headers, int at) {
    return SectionHeader.read(headers.position(at), ElfClass.BITS_64);
  }

  private static ElfSection of(String name, SectionHeader header) {
    return new ElfSection(name, header.offset(), header.size());
  }

  private static String name(ByteBuffer labels, int start) {
    StringBuilder name = new StringBuilder();
    int end = (int) Math.min(labels.limit(), start + (long) MAX_NAME);
    for (int at = start; at >= 0 && at < end && labels.get(at) != 0; at++) {
      name.append((char) labels.get(at));
    }
    return name.toString();
  }

  /** Refuses a section that is not in the file. */
  public void check(ImageFile file) throws IOException {
    if (offset < 0 || size < 0 || offset > file.size() || size > file.size() - offset) {
      throw new VmiException(
          String.format(
              Locale.ROOT,
              "this ELF core is truncated or damaged: its section %s wants 0x%x bytes from byte"
                  + " 0x%x, and the file ends at 0x%x; copy or dump it again",
              name,
              size,
              offset,
              file.size()));
    }
  }

  /** Its content, if it is of a reasonable size. */
  public ByteBuffer content(ImageFile file) throws IOException {
    check(file);
    if (size > MAX_CONTENT) {
      throw new VmiException(
          "this ELF core is damaged: its section " + name + " has " + size + " bytes");
    }
    return file.bytes(offset, (int) size);
  }
}
