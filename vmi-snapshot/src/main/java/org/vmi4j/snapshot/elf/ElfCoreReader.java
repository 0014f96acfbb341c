package org.vmi4j.snapshot.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.elf.AddressingNote;
import org.vmi4j.api.elf.ElfClass;
import org.vmi4j.api.elf.ElfHeader;
import org.vmi4j.api.elf.ElfMachine;
import org.vmi4j.api.elf.ProcessorNotes;
import org.vmi4j.api.elf.ProgramHeader;
import org.vmi4j.api.elf.SectionHeader;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.Segment;

/**
 * Reads an ELF core of a whole machine: one PT_LOAD for each extent of physical memory, with the
 * address in {@code p_paddr}, and a PT_NOTE with the processors. The ELF format is that of the
 * System V ABI, chapters 4 and 5.
 */
final class ElfCoreReader {
  private static final int MAX_NOTES = 16 << 20;
  private static final int MAX_SEGMENTS = 1 << 22;
  private static final int BLOCK = 1 << 20;

  private final ImageFile file;
  private final ElfHeader header;
  private final List<Segment> segments = new ArrayList<>();
  private final List<RegisterValues> vcpus = new ArrayList<>();
  private Addressing addressing = Addressing.GUEST;
  private long notesRead;

  private ElfCoreReader(ImageFile file) throws IOException {
    this.file = file;
    this.header = header(file.bytes(0, ElfClass.BITS_64.header()));
  }

  static Image read(ImageFile file) throws IOException {
    return new ElfCoreReader(file).image();
  }

  private static ElfHeader header(ByteBuffer bytes) {
    ElfClass elfClass =
        ElfHeader.classOf(bytes)
            .orElseThrow(
                () ->
                    new VmiException(
                        "this ELF file is damaged: its class is neither 32 nor 64 bits; dump it"
                            + " again"));
    if (!ElfHeader.isLittleEndian(bytes)) {
      throw new VmiException("this ELF core is big-endian, which is not supported");
    }
    ElfHeader header = ElfHeader.read(bytes, elfClass);
    if (header.type() != ElfHeader.CORE) {
      throw new VmiException(
          "this ELF file is a program or a library, not a core; a machine's memory is dumped as a"
              + " core by dump-guest-memory in QEMU's monitor, or by virsh dump --memory-only");
    }
    return header;
  }

  private Image image() throws IOException {
    Optional<Architecture> architecture = ElfMachine.architecture(header.machine());
    ElfClass elfClass = header.elfClass();
    long table = header.programHeaders().offset();
    int entrySize = header.programHeaders().entrySize();
    int known = elfClass.programHeader();
    int count = count();
    if (count > 0 && entrySize < known) {
      throw new VmiException(
          "this ELF core is damaged: program headers of " + entrySize + " bytes; dump it again");
    }
    int atOnce = Math.max(1, BLOCK / Math.max(1, entrySize));
    for (int i = 0; i < count; i += atOnce) {
      int headers = Math.min(atOnce, count - i);
      int length = (headers - 1) * entrySize + known;
      ByteBuffer block = file.bytes(table + (long) i * entrySize, length);
      for (int j = 0; j < headers; j++) {
        programHeader(ProgramHeader.read(block.position(j * entrySize), elfClass), architecture);
      }
    }
    if (segments.isEmpty()) {
      throw new VmiException(
          "this ELF core has no PT_LOAD segment, and is no core of xl dump-core either; dump the"
              + " machine's memory another way");
    }
    return Image.checked(
            format(architecture), architecture, segments, List.copyOf(vcpus), file.size())
        .withAddressing(addressing);
  }

  /** How many program headers there are; a number above 65534 is in the first section header. */
  private int count() throws IOException {
    int count = header.programHeaders().count();
    if (count != ElfHeader.MANY) {
      return count;
    }
    long sections = header.sectionHeaders().offset();
    long many = sections == 0 ? 0 : Integer.toUnsignedLong(section(sections).info());
    if (many < ElfHeader.MANY || many > MAX_SEGMENTS) {
      throw new VmiException(
          "this ELF core is damaged: it has more than 65534 segments and records their number as "
              + many
              + ", where at most "
              + MAX_SEGMENTS
              + " are supported; dump it again");
    }
    return (int) many;
  }

  private SectionHeader section(long offset) throws IOException {
    ElfClass elfClass = header.elfClass();
    ByteBuffer bytes = file.bytes(offset, elfClass.sectionHeader());
    return SectionHeader.read(bytes, elfClass);
  }

  /** Memory can be read whatever processor it is of; it is named where there is no word for it. */
  private String format(Optional<Architecture> architecture) {
    String format = Image.described("ELF core", vcpus);
    return architecture.isPresent() || header.machine() == ElfMachine.NONE
        ? format
        : format + " of machine type " + header.machine();
  }

  private void programHeader(ProgramHeader entry, Optional<Architecture> architecture)
      throws IOException {
    long offset = entry.offset();
    long length = entry.fileSize();
    switch (entry.type()) {
      case ProgramHeader.LOAD -> segments.add(new Segment(entry.physical(), length, offset));
      case ProgramHeader.NOTE -> {
        if (length < 0 || length > MAX_NOTES - notesRead) {
          throw new VmiException(
              "this ELF core is damaged: its notes are longer than 16 MiB; dump it again");
        }
        notesRead += length;
        ByteBuffer notes = file.bytes(offset, (int) length);
        AddressingNote.read(notes).ifPresent(said -> addressing = said);
        architecture.ifPresent(known -> vcpus.addAll(ProcessorNotes.read(notes, known)));
      }
      default -> {}
    }
  }
}
