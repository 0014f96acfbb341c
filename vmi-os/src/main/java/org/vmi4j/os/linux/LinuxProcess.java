package org.vmi4j.os.linux;

import java.nio.file.Path;
import org.vmi4j.api.Progress;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.GuestProcess;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.core.ProcessCore;
import org.vmi4j.os.linux.task.TaskReader;

/** A process, or a kernel thread, which is a process of its own. */
public final class LinuxProcess extends LinuxTask implements GuestProcess {
  LinuxProcess(TaskReader tasks, long address, int id, String name) {
    super(tasks, address, id, name);
  }

  @Override
  public Listing<LinuxThread> threads() {
    return threads(tasks().newBudget());
  }

  Listing<LinuxThread> threads(Budget budget) {
    return tasks()
        .threads(address(), budget, (task, id, name) -> new LinuxThread(this, task, id, name));
  }

  /**
   * Prepares an ELF core of the process for debuggers, in the layout of Linux (fs/binfmt_elf.c):
   * walks its page tables and reads the registers of its threads.
   *
   * @param progress receives the progress through the page tables; what it throws ends it
   * @throws MemoryFault if it has no memory of its own
   * @throws VmiException if its page tables map more than the guest can have
   */
  public ProcessCore core(Progress progress) {
    return ProcessCore.of(tasks(), address(), requireMm(), progress);
  }

  /**
   * Writes a core of it, for debuggers. Use {@link #core} to follow the progress or to replace a
   * file.
   *
   * @throws MemoryFault if it has no memory of its own
   * @throws VmiException if the file exists or cannot be written
   */
  public void writeCore(Path file) {
    core(Progress.NONE).write(file, false, Progress.NONE);
  }
}
