package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.os.GuestThread;
import org.vmi4j.os.linux.task.TaskReader;

/** A thread of a process, or of the kernel. */
public final class LinuxThread extends LinuxTask implements GuestThread {
  private final LinuxProcess process;

  LinuxThread(TaskReader tasks, LinuxProcess process, long address) {
    super(tasks, address);
    this.process = process;
  }

  /** Returns the process in whose list of threads it was found. */
  public LinuxProcess process() {
    return process;
  }

  /**
   * {@inheritDoc}
   *
   * <p>On x86-64 {@code orig_rax} is the number of the system call that it is in, or -1.
   */
  @Override
  public Optional<RegisterValues> userRegisters() {
    return tasks().userRegisters(address());
  }
}
