package org.vmi4j.os.linux.fs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** The table of files that a process has open. */
public final class OpenFiles {
  private static final int MAX_FILES = 1 << 20;

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

  public OpenFiles(Kernel kernel, Binder binder, Paths paths) {
    this.memory = kernel.addressSpace();
    this.paths = paths;
    files = binder.field("task_struct", "files");
    table = binder.field("files_struct", "fdt");
    size = binder.field("fdtable", "max_fds");
    slots = binder.field("fdtable", "fd");
    position = binder.field("file", "f_pos");
    flags = binder.field("file", "f_flags");
    closeOnExec = binder.field("fdtable", "close_on_exec");
    fileSize = binder.size("file");
  }

  public Listing<OpenFile> list(long task, Budget budget) {
    List<OpenFile> found = new ArrayList<>();
    try {
      long open = files.read(memory, task);
      if (open == 0) {
        return new Listing<>(found, Optional.empty());
      }
      long current = table.read(memory, open);
      long count = size.read(memory, current) & 0xffff_ffffL;
      long array = slots.read(memory, current);
      if (count > MAX_FILES) {
        return new Listing<>(
            found, Optional.of("the file table would have " + count + " slots: it is damaged"));
      }
      BitSet closing = closing(closeOnExec.read(memory, current), (int) count);
      for (int fd = 0; fd < count; fd++) {
        long file = memory.readPointer(array + (long) fd * memory.pointerSize());
        if (file != 0) {
          budget.charge(fileSize);
          found.add(file(fd, file, closing.get(fd), budget));
        }
      }
    } catch (MemoryFault | BudgetExceededException e) {
      return new Listing<>(found, Optional.of("the file table breaks: " + e.getMessage()));
    }
    return new Listing<>(found, Optional.empty());
  }

  /** The descriptors that exec closes; the kernel keeps one bit for each slot. */
  private BitSet closing(long bitmap, int count) {
    return BitSet.valueOf(memory.readBytes(bitmap, (count + Byte.SIZE - 1) / Byte.SIZE));
  }

  private OpenFile file(int fd, long file, boolean closesOnExec, Budget budget) {
    int set = (int) flags.read(memory, file);
    return new OpenFile(
        fd,
        position.read(memory, file),
        closesOnExec ? set | O_CLOEXEC : set,
        paths.ofFile(file, budget));
  }
}
