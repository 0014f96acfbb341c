package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.os.GuestThread;

/** A thread of a process, or of the kernel. */
public final class LinuxThread extends LinuxTask implements GuestThread {
  private final LinuxProcess process;

  LinuxThread(LinuxProcess process, long address, int id, String name) {
    super(process.tasks(), address, id, name);
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
