package org.vmi4j.os.linux.fs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** The table of files that a process has open. */
public final class OpenFiles {
  private static final int MAX_FILES = 1 << 20;

  private final Memory memory;
  private final Paths paths;
  private final Field files;
  private final Field table;
  private final Field size;
  private final Field slots;
  private final Field position;
  private final Field flags;
  private final Field path;

  public OpenFiles(Kernel kernel, Binder binder, Paths paths) {
    this.memory = kernel.addressSpace();
    this.paths = paths;
    files = binder.field("task_struct", "files");
    table = binder.field("files_struct", "fdt");
    size = binder.field("fdtable", "max_fds");
    slots = binder.field("fdtable", "fd");
    position = binder.field("file", "f_pos");
    flags = binder.field("file", "f_flags");
    path = binder.field("file", "f_path");
  }

  public Listing<OpenFile> list(long task) {
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
      for (int fd = 0; fd < count; fd++) {
        long file = memory.readLong(array + (long) fd * Long.BYTES);
        if (file != 0) {
          found.add(file(fd, file));
        }
      }
    } catch (MemoryFault e) {
      return new Listing<>(found, Optional.of("the file table breaks: " + e.getMessage()));
    }
    return new Listing<>(found, Optional.empty());
  }

  private OpenFile file(int fd, long file) {
    return new OpenFile(
        fd,
        position.read(memory, file),
        (int) flags.read(memory, file),
        paths.of(file + path.offset()));
  }
}
