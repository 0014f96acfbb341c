package org.vmi4j.os.linux.core;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.dump.CoreSegment;
import org.vmi4j.api.dump.ElfCore;
import org.vmi4j.api.elf.ElfClass;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PageBudget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.Rights;
import org.vmi4j.os.linux.task.TaskReader;

/**
 * A process as an ELF core, with the notes that a debugger reads: a segment for each contiguous
 * range of pages that are in memory. What is not in memory is in no segment, so that a reader can
 * tell it from zeros.
 */
public final class ProcessCore {
  private static final int CHUNK = 1 << 20;

  private final AddressSpace space;
  private final ElfCore core;
  private final Optional<String> broken;

  private ProcessCore(AddressSpace space, ElfCore core, Optional<String> broken) {
    this.space = space;
    this.core = core;
    this.broken = broken;
  }

  /**
   * Looks through the page tables of a process; its memory is read by {@link #write}.
   *
   * @param tasks reads the process
   * @param task the address of its task_struct
   * @param mm the address of its mm_struct
   * @param progress receives the progress through the tables; what it throws ends it
   * @throws VmiException if its memory is damaged, or if it maps more than an ELF core may hold
   */
  public static ProcessCore of(TaskReader tasks, long task, long mm, Progress progress) {
    AddressSpace space = tasks.addressSpace(mm);
    Architecture architecture = tasks.architecture(mm);
    Listing<MemoryRegion> regions = tasks.regions(mm, tasks.newBudget());
    Segments segments = new Segments(PageBudget.of(space.physicalMemory()), progress);
    Optional<String> broken = regions.broken();
    List<MemoryRegion> sound = new ArrayList<>();
    for (MemoryRegion region : regions) {
      Optional<String> damage = region.damage(architecture.pointerSize());
      if (damage.isPresent()) {
        broken = broken.or(() -> damage);
        continue;
      }
      sound.add(region);
      segments.in(space, region);
    }
    List<ElfNote> notes = new ProcessNotes(tasks, architecture).of(task, mm, sound);
    return new ProcessCore(
        space,
        new ElfCore(
            ElfClass.ofPointerSize(architecture.pointerSize()),
            Optional.of(architecture),
            notes,
            segments.all()),
        broken);
  }

  /** Collects the contiguous ranges of pages. */
  private static final class Segments {
    private final List<CoreSegment> all = new ArrayList<>();
    private final PageBudget budget;
    private final Progress progress;

    Segments(PageBudget budget, Progress progress) {
      this.budget = budget;
      this.progress = progress;
    }

    List<CoreSegment> all() {
      return all;
    }

    void in(AddressSpace space, MemoryRegion region) {
      Rights rights = region.rights();
      int flags = (rights.read() ? 4 : 0) | (rights.write() ? 2 : 0) | (rights.execute() ? 1 : 0);
      space.forEachPage(
          region.start(),
          region.end() - 1,
          budget,
          progress,
          (va, pa, length) -> {
            add(va, length, flags);
            return true;
          });
    }

    private void add(long va, long length, int flags) {
      int last = all.size() - 1;
      if (last >= 0) {
        CoreSegment run = all.get(last);
        if (run.virtual() + run.length() == va && run.flags() == flags) {
          all.set(last, new CoreSegment(run.virtual(), 0, run.length() + length, flags));
          return;
        }
      }
      if (all.size() == ElfCore.MAX_SEGMENTS) {
        throw new VmiException(
            "the process has more than "
                + ElfCore.MAX_SEGMENTS
                + " contiguous ranges of pages: its page tables are damaged");
      }
      all.add(new CoreSegment(va, 0, length, flags));
    }
  }

  /** Returns how many bytes of memory it holds. */
  public long bytes() {
    return core.bytes();
  }

  /** Returns why regions are missing, if some are. */
  public Optional<String> broken() {
    return broken;
  }

  /**
   * Reads the memory of the process and writes the file, readable for its owner only. It is renamed
   * into place when complete.
   *
   * @param file its name
   * @param replace whether a file of that name is replaced
   * @param progress receives the progress in bytes; what it throws ends the writing, and nothing is
   *     left behind
   * @throws VmiException if the file is there already, cannot be written, or has no room on its
   *     disk
   * @throws org.vmi4j.api.memory.MemoryFault if the process has ended meanwhile
   */
  public void write(Path file, boolean replace, Progress progress) {
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
