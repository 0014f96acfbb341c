package org.vmi4j.shell.command.machine;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.dump.CoreSegment;
import org.vmi4j.api.dump.ElfCore;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.Rights;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/**
 * A process as an ELF core, with the notes that a debugger reads: a segment for each run of pages
 * that are in memory. What is not in memory is in no segment, so that a reader can tell it from
 * zeros.
 */
final class ProcessCore {
  private static final int CHUNK = 1 << 20;

  private final AddressSpace space;
  private final ElfCore core;

  private ProcessCore(AddressSpace space, ElfCore core) {
    this.space = space;
    this.core = core;
  }

  static ProcessCore of(Linux linux, LinuxProcess process, List<MemoryRegion> regions) {
    AddressSpace space = process.addressSpace();
    List<CoreSegment> segments = new ArrayList<>();
    for (MemoryRegion region : regions) {
      Rights rights = region.rights();
      int flags = (rights.read() ? 4 : 0) | (rights.write() ? 2 : 0) | (rights.execute() ? 1 : 0);
      space.forEachPage(
          region.start(),
          region.end() - 1,
          (va, pa, length) -> {
            add(segments, va, length, flags);
            return true;
          });
    }
    return new ProcessCore(
        space,
        new ElfCore(
            Optional.of(linux.kernel().architecture()),
            ProcessNotes.of(process, regions),
            segments));
  }

  private static void add(List<CoreSegment> segments, long va, long length, int flags) {
    int last = segments.size() - 1;
    if (last >= 0) {
      CoreSegment run = segments.get(last);
      if (run.virtual() + run.length() == va && run.flags() == flags) {
        segments.set(last, new CoreSegment(run.virtual(), 0, run.length() + length, flags));
        return;
      }
    }
    if (segments.size() == ElfCore.MAX_SEGMENTS) {
      throw new VmiException(
          "the process has more than "
              + ElfCore.MAX_SEGMENTS
              + " runs of pages: its page tables are damaged");
    }
    segments.add(new CoreSegment(va, 0, length, flags));
  }

  /** How many bytes of memory it holds. */
  long bytes() {
    return core.bytes();
  }

  void write(Path file, boolean replace, Progress progress) {
    long total = bytes();
    byte[] chunk = new byte[CHUNK];
    long[] done = new long[1];
    core.write(
        file,
        replace,
        (segment, sink) -> {
          for (long at = 0; at < segment.length(); ) {
            progress.advance(done[0], total);
            int wanted = (int) Math.min(CHUNK, segment.length() - at);
            space.read(segment.virtual() + at, chunk, 0, wanted);
            sink.write(at, ByteBuffer.wrap(chunk, 0, wanted));
            at += wanted;
            done[0] += wanted;
          }
        });
  }
}
