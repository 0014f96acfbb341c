package org.vmi4j.api.dump;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.elf.AddressingNote;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.elf.ProcessorNotes;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * A whole machine as an ELF core: a segment for each extent of physical memory, with its address in
 * {@code p_paddr} and, for debuggers, in {@code p_vaddr} too, and notes with the registers of the
 * processors where the machine provides them, and with the {@link AddressingNote} where its
 * addresses are machine addresses. It is what QEMU writes for {@code dump-guest-memory}, and more.
 *
 * <p>Of a machine that runs, the registers are of the moment that this is made, and memory is of
 * the moment at which each part of it is written: pause it for a dump of one moment.
 */
public final class MachineCore {
  private static final int READ_WRITE_EXECUTE = 7;

  private final PhysicalMemory memory;
  private final ElfCore core;

  private MachineCore(PhysicalMemory memory, ElfCore core) {
    this.memory = memory;
    this.core = core;
  }

  /**
   * Reads the registers of a machine and finds its extents of memory.
   *
   * @param more notes to be written after those of the processors
   * @param progress receives the bytes searched for memory so far
   */
  public static MachineCore of(Vm vm, List<ElfNote> more, Progress progress) {
    List<RegisterValues> processors = vm.find(Vcpus.class).map(Vcpus::registers).orElse(List.of());
    List<ElfNote> notes = new ArrayList<>(ProcessorNotes.of(processors));
    if (vm.physicalMemory().addressing() == Addressing.MACHINE) {
      notes.add(AddressingNote.of(Addressing.MACHINE));
    }
    notes.addAll(more);
    Extents extents = new Extents();
    long end = vm.physicalMemory().end();
    vm.physicalMemory()
        .forEachExtent(
            0,
            end,
            (address, bytes) -> {
              progress.advance(address, end);
              extents.add(address, bytes.limit());
              return true;
            });
    return new MachineCore(
        vm.physicalMemory(), new ElfCore(vm.architecture(), notes, extents.segments()));
  }

  /** Returns the number of bytes of memory. */
  public long bytes() {
    return core.bytes();
  }

  /** Returns the number of extents of memory. */
  public int segments() {
    return core.segments().size();
  }

  /**
   * Writes the file; see {@link ElfCore#write}. Memory goes to the file from where it is mapped.
   *
   * @param file its name
   * @param replace whether a file of that name is replaced
   * @param progress receives the bytes of memory written so far
   * @return how many bytes of memory were there to be written: less than {@link #bytes} when a
   *     running machine gave memory back meanwhile, which then reads as zeros
   * @throws VmiException if the file cannot be written, or memory is revoked; then no file is left
   */
  public long write(Path file, boolean replace, Progress progress) {
    long total = bytes();
    long[] done = new long[1];
    core.write(
        file,
        replace,
        (segment, sink) -> {
          long start = segment.physical();
          memory.forEachExtent(
              start,
              start + segment.length(),
              (address, bytes) -> {
                progress.advance(done[0], total);
                done[0] += bytes.limit();
                write(sink, address - start, bytes);
                return true;
              });
        });
    return done[0];
  }

  private static void write(ElfCore.Sink sink, long offset, ByteBuffer bytes) {
    try {
      sink.write(offset, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Merges adjacent extents. */
  private static final class Extents {
    private final List<CoreSegment> segments = new ArrayList<>();
    private long start;
    private long end;

    void add(long address, long length) {
      if (address != end || start == end) {
        finish();
        start = address;
      }
      end = address + length;
    }

    private void finish() {
      if (end > start) {
        segments.add(new CoreSegment(start, start, end - start, READ_WRITE_EXECUTE));
      }
    }

    List<CoreSegment> segments() {
      finish();
      start = end;
      return segments;
    }
  }
}
