package org.vmi4j.os.linux;

import org.vmi4j.os.Budget;
import org.vmi4j.os.GuestProcess;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.task.TaskReader;

/** A process, or a thread of the kernel, which is a process of its own. */
public final class LinuxProcess extends LinuxTask implements GuestProcess {
  LinuxProcess(TaskReader tasks, long address) {
    super(tasks, address);
  }

  @Override
  public Listing<LinuxThread> threads() {
    return threads(tasks().newBudget());
  }

  Listing<LinuxThread> threads(Budget budget) {
    return tasks().threads(address(), budget, task -> new LinuxThread(tasks(), this, task));
  }
}
