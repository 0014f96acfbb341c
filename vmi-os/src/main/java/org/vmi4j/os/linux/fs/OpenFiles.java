package org.vmi4j.os.linux.fs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Span;

/** The table of files that a process has open. */
public final class OpenFiles {
  private static final int MAX_FILES = 1 << 20;

  /** How many slots of the table are read together, and the files in them. */
  private static final int BATCH = 64;

  /** What /proc/PID/fdinfo adds to the flags of a file that exec closes (fs/proc/fd.c). */
  private static final int O_CLOEXEC = 0x80000;

  private final Memory memory;
  private final Paths paths;
  private final Field files;
  private final Field table;
  private final Field size;
  private final Field slots;
  private final Field position;
  private final Field flags;
  private final Field closeOnExec;
  private final long fileSize;
  private final Span ofTable;
  private final Span ofFile;

  /**
   * Binds the members of tables and files.
   *
   * @param memory the kernel's memory
   * @param binder finds the members, and collects those that the profile lacks
   * @param paths finds the paths of files
   */
  public OpenFiles(Memory memory, Binder binder, Paths paths) {
    this.memory = memory;
    this.paths = paths;
    files = binder.field("task_struct", "files");
    table = binder.field("files_struct", "fdt");
    size = binder.field("fdtable", "max_fds");
    slots = binder.field("fdtable", "fd");
    position = binder.field("file", "f_pos");
    flags = binder.field("file", "f_flags");
    closeOnExec = binder.field("fdtable", "close_on_exec");
    fileSize = binder.size("file");
    ofTable = Span.of(size, slots, closeOnExec);
    ofFile = Span.of(position, flags, paths.filePath, paths.fileMode);
  }

  public Listing<OpenFile> list(long task, Budget budget) {
    List<OpenFile> found = new ArrayList<>();
    try {
      long open = files.read(memory, task);
      if (open == 0) {
        return new Listing<>(found, Optional.empty());
      }
      long current = table.read(memory, open);
      ReadAhead head = new ReadAhead(memory);
      ofTable.fetch(head, current);
      long count = size.read(head, current) & 0xffff_ffffL;
      long array = slots.read(head, current);
      if (count > MAX_FILES) {
        return new Listing<>(
            found, Optional.of("the file table would have " + count + " slots: it is damaged"));
      }
      BitSet closing = closing(closeOnExec.read(head, current), (int) count);
      for (int first = 0; first < count; first += BATCH) {
        int last = (int) Math.min(count, first + BATCH);
        add(array, first, last, closing, budget, found);
      }
    } catch (MemoryFault | BudgetExceededException e) {
      return new Listing<>(found, Optional.of("the file table ends early: " + e.getMessage()));
    }
    return new Listing<>(found, Optional.empty());
  }

  /**
   * Returns the path of one open file; nothing if the number is not in use.
   *
   * @throws MemoryFault if the table is damaged
   */
  public Optional<String> path(long task, int fd, Budget budget) {
    long open = files.read(memory, task);
    if (open == 0 || fd < 0) {
      return Optional.empty();
    }
    long current = table.read(memory, open);
    if (fd >= (size.read(memory, current) & 0xffff_ffffL)) {
      return Optional.empty();
    }
    long slot = slots.read(memory, current) + (long) fd * memory.pointerSize();
    long file = memory.readPointer(slot);
    return file == 0 ? Optional.empty() : Optional.of(paths.ofFile(memory, file, budget));
  }

  /** The descriptors that exec closes; the kernel keeps one bit for each slot. */
  private BitSet closing(long bitmap, int count) {
    return BitSet.valueOf(memory.readBytes(bitmap, (count + Byte.SIZE - 1) / Byte.SIZE));
  }

  /** Adds the files of some slots: reads these in one go, and all files in them in another. */
  private void add(
      long array, int first, int last, BitSet closing, Budget budget, List<OpenFile> found) {
    int word = memory.pointerSize();
    ReadAhead table = new ReadAhead(memory);
    table.add(array + (long) first * word, (last - first) * word).fetch();
    ReadAhead files = new ReadAhead(memory);
    for (int fd = first; fd < last; fd++) {
      long slot = array + (long) fd * word;
      if (table.has(slot, word) && table.readPointer(slot) != 0) {
        ofFile.add(files, table.readPointer(slot));
      }
    }
    files.fetch();
    for (int fd = first; fd < last; fd++) {
      long file = table.readPointer(array + (long) fd * word);
      if (file != 0) {
        budget.charge(fileSize);
        found.add(file(fd, files, file, closing.get(fd), budget));
      }
    }
  }

  private OpenFile file(int fd, Memory files, long file, boolean closesOnExec, Budget budget) {
    int set = (int) flags.read(files, file);
    return new OpenFile(
        fd,
        position.read(files, file),
        closesOnExec ? set | O_CLOEXEC : set,
        paths.ofFile(files, file, budget));
  }
}
