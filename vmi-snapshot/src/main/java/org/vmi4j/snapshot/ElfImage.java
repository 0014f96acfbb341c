package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Registers;

/**
 * An ELF core of a whole machine: one PT_LOAD for each stretch of physical memory, with the address
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

  private final FileChannel file;
  private final ByteBuffer header;
  private final boolean wide;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Registers> vcpus = new ArrayList<>();
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
    Optional<Architecture> architecture = architecture();
    long table = wide ? header.getLong(32) : header.getInt(28) & 0xffff_ffffL;
    int entrySize = header.getShort(wide ? 54 : 42) & 0xffff;
    int count = header.getShort(wide ? 56 : 44) & 0xffff;
    if (count == MANY_SEGMENTS) {
      throw new VmiException("this ELF core has more than 65534 segments, which is not supported");
    }
    int known = wide ? ENTRY_64 : ENTRY_32;
    if (count > 0 && entrySize < known) {
      throw new VmiException(
          "this ELF core is damaged: program headers of " + entrySize + " bytes; dump it again");
    }
    for (int i = 0; i < count; i++) {
      programHeader(ImageFormats.bytes(file, table + (long) i * entrySize, known), architecture);
    }
    if (segments.isEmpty()) {
      throw new VmiException(
          "this ELF core has no PT_LOAD segment; if it comes from xl dump-core, take the memory"
              + " another way: that format is not supported");
    }
    String format = vcpus.isEmpty() ? "ELF core" : "ELF core of " + vcpus.size() + " processors";
    return Image.checked(format, architecture, segments, List.copyOf(vcpus), file.size());
  }

  private Optional<Architecture> architecture() {
    return switch (header.getShort(18)) {
      case 3 -> Optional.of(Architecture.X86);
      case 62 -> Optional.of(Architecture.X86_64);
      case 40 -> Optional.of(Architecture.ARM);
      case 183 -> Optional.of(Architecture.AARCH64);
      default ->
          throw new VmiException(
              "this ELF core is of the machine type "
                  + header.getShort(18)
                  + "; x86, x86-64, Arm and AArch64 are supported");
    };
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
        vcpus.addAll(CpuNotes.read(notes, architecture.orElseThrow()));
      }
      default -> {}
    }
  }
}
