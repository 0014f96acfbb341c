package org.vmi4j.api.dump;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.elf.ElfClass;
import org.vmi4j.api.elf.ElfHeader;
import org.vmi4j.api.elf.ElfMachine;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.elf.ProgramHeader;
import org.vmi4j.api.elf.SectionHeader;

/**
 * An ELF core: a header, program headers, notes, and after them the memory of each segment, as the
 * System V ABI has it in its chapters 4 and 5. With 65535 program headers or more their number
 * stands in the first section header (PN_XNUM, elf(5)).
 *
 * @param elfClass the width of addresses in the file
 * @param architecture whose memory it is; without one the file says EM_NONE
 * @param notes the notes
 * @param segments the memory, in the order in which it lies in the file
 */
public record ElfCore(
    ElfClass elfClass,
    Optional<Architecture> architecture,
    List<ElfNote> notes,
    List<CoreSegment> segments) {

  /** The most segments that are written. */
  public static final int MAX_SEGMENTS = 1 << 22;

  private static final int PAGE = 4096;

  /**
   * Identifies the file to crash as the memory of a machine, and not as a dump over the network.
   */
  private static final long NO_ALIGNMENT = 0;

  /** Takes a copy of the lists. */
  public ElfCore {
    notes = List.copyOf(notes);
    segments = List.copyOf(segments);
    if (segments.size() > MAX_SEGMENTS) {
      throw new VmiException(
          "memory lies in "
              + segments.size()
              + " extents, more than the "
              + MAX_SEGMENTS
              + " that an ELF core is written with");
    }
  }

  /**
   * A 64-bit file, for addresses above 4 GiB whatever the architecture is.
   *
   * @param architecture whose memory it is; without one the file says EM_NONE
   * @param notes the notes
   * @param segments the memory, in the order in which it lies in the file
   */
  public ElfCore(
      Optional<Architecture> architecture, List<ElfNote> notes, List<CoreSegment> segments) {
    this(ElfClass.BITS_64, architecture, notes, segments);
  }

  /** Receives the content of a segment. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Writes a part of a segment. What is not written is a hole of the file and reads as zeros.
     *
     * @param offset where in the segment
     * @param bytes the part, from its position to its limit
     * @throws IOException if it cannot be written
     */
    void write(long offset, ByteBuffer bytes) throws IOException;
  }

  /** Writes the content of segments. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes one segment.
     *
     * @throws IOException if the sink throws it
     */
    void write(CoreSegment segment, Sink sink) throws IOException;
  }

  /** Returns the number of bytes of memory. */
  public long bytes() {
    return segments.stream().mapToLong(CoreSegment::length).sum();
  }

  /**
   * Writes the file, under another name until it is whole. It is readable for its owner only.
   *
   * @param target its name
   * @param replace whether a file of that name is replaced
   * @param content called for each segment in turn
   * @throws VmiException if the file is there already, cannot be written, or has no room on its
   *     disk; then nothing is left behind
   */
  public void write(Path target, boolean replace, Content content) {
    ByteBuffer head = head();
    try (NewFile file = NewFile.create(target, replace, head.limit() + bytes())) {
      try {
        file.write(head, 0);
        long start = head.limit();
        for (CoreSegment segment : segments) {
          long at = start;
          content.write(segment, (offset, bytes) -> file.write(bytes, at + offset));
          start += segment.length();
        }
        file.finish(start);
      } catch (UncheckedIOException e) {
        throw file.failure(e.getCause());
      } catch (IOException e) {
        throw file.failure(e);
      }
    }
  }

  private ByteBuffer head() {
    int headers = segments.size() + (notes.isEmpty() ? 0 : 1);
    boolean many = headers >= ElfHeader.MANY;
    int noteBytes = notes.stream().mapToInt(ElfNote::size).sum();
    int notesAt = elfClass.header() + headers * elfClass.programHeader();
    int sectionAt = notesAt + noteBytes;
    int size = sectionAt + (many ? elfClass.sectionHeader() : 0);
    ByteBuffer head =
        ByteBuffer.allocate((size + PAGE - 1) / PAGE * PAGE).order(ByteOrder.LITTLE_ENDIAN);
    header(headers, many ? sectionAt : 0).write(head);
    if (!notes.isEmpty()) {
      new ProgramHeader(ProgramHeader.NOTE, 0, notesAt, 0, 0, noteBytes, noteBytes, Integer.BYTES)
          .write(head, elfClass);
    }
    long offset = head.limit();
    for (CoreSegment segment : segments) {
      load(segment, offset).write(head, elfClass);
      offset += segment.length();
    }
    notes.forEach(note -> note.put(head));
    if (many) {
      // A section without a name and a place.
      new SectionHeader(0, 0, 0, headers).write(head, elfClass);
    }
    return head.rewind();
  }

  private ElfHeader header(int headers, int sectionAt) {
    return new ElfHeader(
        elfClass,
        ElfHeader.CORE,
        architecture.map(ElfMachine::of).orElse(ElfMachine.NONE),
        new ElfHeader.Table(
            elfClass.header(), elfClass.programHeader(), Math.min(headers, ElfHeader.MANY)),
        new ElfHeader.Table(sectionAt, elfClass.sectionHeader(), sectionAt == 0 ? 0 : 1),
        0);
  }

  private static ProgramHeader load(CoreSegment segment, long offset) {
    return new ProgramHeader(
        ProgramHeader.LOAD,
        segment.flags(),
        offset,
        segment.virtual(),
        segment.physical(),
        segment.length(),
        segment.length(),
        NO_ALIGNMENT);
  }
}
