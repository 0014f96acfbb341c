package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.elf.AddressingNote;
import org.vmi4j.api.elf.ElfMachine;
import org.vmi4j.api.elf.ProcessorNotes;

/**
 * An ELF core of a whole machine: one PT_LOAD for each extent of physical memory, with the address
 * in {@code p_paddr}, and a PT_NOTE with the processors. The ELF format is that of the System V
 * ABI, chapters 4 and 5.
 */
final class ElfImage {
  private static final int MAX_NOTES = 16 << 20;
  private static final int HEADER = 64;
  private static final int ENTRY_32 = 32;
  private static final int ENTRY_64 = 56;
  private static final int TYPE_CORE = 4;
  private static final int SEGMENT_LOAD = 1;
  private static final int SEGMENT_NOTE = 4;
  private static final int MANY_SEGMENTS = 0xffff;
  private static final int MAX_SEGMENTS = 1 << 22;
  private static final int BLOCK = 1 << 20;

  private final FileChannel file;
  private final ByteBuffer header;
  private final boolean wide;
  private final List<Segment> segments = new ArrayList<>();
  private final List<RegisterValues> vcpus = new ArrayList<>();
  private Addressing addressing = Addressing.GUEST;
  private long notesRead;

  private ElfImage(FileChannel file) throws IOException {
    this.file = file;
    this.header = ImageFormats.bytes(file, 0, HEADER);
    this.wide = header.get(4) == 2;
  }

  static Image read(FileChannel file) throws IOException {
    return new ElfImage(file).image();
  }

  private Image image() throws IOException {
    if (!wide && header.get(4) != 1) {
      throw new VmiException(
          "this ELF file is damaged: its class is neither 32 nor 64 bits; dump it again");
    }
    if (header.get(5) != 1) {
      throw new VmiException("this ELF core is big-endian, which is not supported");
    }
    if (header.getShort(16) != TYPE_CORE) {
      throw new VmiException(
          "this ELF file is a program or a library, not a core; a machine's memory is dumped as a"
              + " core by dump-guest-memory in QEMU's monitor, or by virsh dump --memory-only");
    }
    Optional<Architecture> architecture = ElfMachine.architecture(machine());
    long table = wide ? header.getLong(32) : header.getInt(28) & 0xffff_ffffL;
    int entrySize = header.getShort(wide ? 54 : 42) & 0xffff;
    int known = wide ? ENTRY_64 : ENTRY_32;
    int count = count();
    if (count == 0 && wide) {
      Map<String, ElfSection> sections = ElfSection.of(file, header);
      if (XenCore.is(sections)) {
        return XenCore.read(file, sections, architecture);
      }
    }
    if (count > 0 && entrySize < known) {
      throw new VmiException(
          "this ELF core is damaged: program headers of " + entrySize + " bytes; dump it again");
    }
    int atOnce = Math.max(1, BLOCK / Math.max(1, entrySize));
    for (int i = 0; i < count; i += atOnce) {
      int headers = Math.min(atOnce, count - i);
      int length = (headers - 1) * entrySize + known;
      ByteBuffer block = ImageFormats.bytes(file, table + (long) i * entrySize, length);
      for (int j = 0; j < headers; j++) {
        ByteBuffer entry = block.slice(j * entrySize, known).order(block.order());
        programHeader(entry, architecture);
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
    int count = header.getShort(wide ? 56 : 44) & 0xffff;
    if (count != MANY_SEGMENTS) {
      return count;
    }
    long sections = wide ? header.getLong(40) : header.getInt(32) & 0xffff_ffffL;
    int infoAt = wide ? 44 : 28;
    long many =
        sections == 0
            ? 0
            : ImageFormats.bytes(file, sections, infoAt + Integer.BYTES).getInt(infoAt)
                & 0xffff_ffffL;
    if (many < MANY_SEGMENTS || many > MAX_SEGMENTS) {
      throw new VmiException(
          "this ELF core is damaged: it has more than 65534 segments and records their number as "
              + many
              + ", where at most "
              + MAX_SEGMENTS
              + " are supported; dump it again");
    }
    return (int) many;
  }

  /** Memory can be read whatever processor it is of; it is named where there is no word for it. */
  private String format(Optional<Architecture> architecture) {
    String format = Image.described("ELF core", vcpus);
    return architecture.isPresent() || machine() == ElfMachine.NONE
        ? format
        : format + " of machine type " + machine();
  }

  private int machine() {
    return header.getShort(18) & 0xffff;
  }

  private void programHeader(ByteBuffer entry, Optional<Architecture> architecture)
      throws IOException {
    long offset = wide ? entry.getLong(8) : entry.getInt(4) & 0xffff_ffffL;
    long address = wide ? entry.getLong(24) : entry.getInt(12) & 0xffff_ffffL;
    long length = wide ? entry.getLong(32) : entry.getInt(16) & 0xffff_ffffL;
    switch (entry.getInt(0)) {
      case SEGMENT_LOAD -> segments.add(new Segment(address, length, offset));
      case SEGMENT_NOTE -> {
        if (length < 0 || length > MAX_NOTES - notesRead) {
          throw new VmiException(
              "this ELF core is damaged: its notes are longer than 16 MiB; dump it again");
        }
        notesRead += length;
        ByteBuffer notes = ImageFormats.bytes(file, offset, (int) length);
        AddressingNote.read(notes).ifPresent(said -> addressing = said);
        architecture.ifPresent(known -> vcpus.addAll(ProcessorNotes.read(notes, known)));
      }
      default -> {}
    }
  }
}
