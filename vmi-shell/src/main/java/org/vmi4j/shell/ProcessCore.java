package org.vmi4j.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.api.Progress;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.MemoryRegion;

/**
 * The memory of a process as an ELF core (System V ABI, chapters 4 and 5): a PT_LOAD for each run
 * of pages that are in memory. What is not in memory is in no segment, so that a reader can tell it
 * from zeros.
 */
final class ProcessCore {
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int MAX_SEGMENTS = 0xfffe;
  private static final int PAGE = 4096;
  private static final int CHUNK = 1 << 20;
  private static final short MACHINE_X86_64 = 62;

  private final AddressSpace space;
  private final List<Run> runs = new ArrayList<>();

  /** Pages that follow each other in virtual memory, with the same rights. */
  private record Run(long start, long length, int flags) {}

  private ProcessCore(AddressSpace space) {
    this.space = space;
  }

  static ProcessCore of(AddressSpace space, List<MemoryRegion> regions) {
    ProcessCore core = new ProcessCore(space);
    for (MemoryRegion region : regions) {
      int flags =
          (region.flags().charAt(0) == 'r' ? 4 : 0)
              | (region.flags().charAt(1) == 'w' ? 2 : 0)
              | (region.flags().charAt(2) == 'x' ? 1 : 0);
      space.forEachPage(
          region.start(),
          region.end() - 1,
          (va, pa, length) -> {
            core.add(va, length, flags);
            return true;
          });
    }
    return core;
  }

  private void add(long va, long length, int flags) {
    int last = runs.size() - 1;
    if (last >= 0) {
      Run run = runs.get(last);
      if (run.start() + run.length() == va && run.flags() == flags) {
        runs.set(last, new Run(run.start(), run.length() + length, flags));
        return;
      }
    }
    if (runs.size() == MAX_SEGMENTS) {
      throw new VmiException("the process has more than " + MAX_SEGMENTS + " runs of pages");
    }
    runs.add(new Run(va, length, flags));
  }

  /** How many bytes of memory it holds. */
  long bytes() {
    return runs.stream().mapToLong(Run::length).sum();
  }

  void write(Path file, Progress progress) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer head = head();
      long data = head.limit();
      writeAll(out, head, 0);
      byte[] chunk = new byte[CHUNK];
      long at = data;
      for (Run run : runs) {
        for (long done = 0; done < run.length(); ) {
          progress.advance(at - data, bytes());
          int wanted = (int) Math.min(CHUNK, run.length() - done);
          space.read(run.start() + done, chunk, 0, wanted);
          writeAll(out, ByteBuffer.wrap(chunk, 0, wanted), at);
          done += wanted;
          at += wanted;
        }
      }
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes, long offset) throws IOException {
    for (long at = offset; bytes.hasRemaining(); ) {
      at += out.write(bytes, at);
    }
  }

  private ByteBuffer head() {
    int size = HEADER + PROGRAM_HEADER * runs.size();
    int data = (size + PAGE - 1) / PAGE * PAGE;
    ByteBuffer head = ByteBuffer.allocate(data).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    head.position(16);
    head.putShort((short) 4).putShort(MACHINE_X86_64).putInt(1);
    head.putLong(0).putLong(HEADER).putLong(0).putInt(0);
    head.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) runs.size());
    head.position(HEADER);
    long offset = data;
    for (Run run : runs) {
      head.putInt(1).putInt(run.flags()).putLong(offset).putLong(run.start()).putLong(0);
      head.putLong(run.length()).putLong(run.length()).putLong(PAGE);
      offset += run.length();
    }
    return head.position(0).limit(data);
  }
}
