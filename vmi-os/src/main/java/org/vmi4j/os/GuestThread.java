package org.vmi4j.os;

import java.util.Optional;
import org.vmi4j.api.cpu.RegisterValues;

/** A thread of a process of a guest. */
public interface GuestThread {
  /** Returns its thread ID. */
  int id();

  /** Returns the process ID of its process. */
  int processId();

  /**
   * Returns its user-mode registers: those saved when it entered the kernel, or, while it runs in
   * user mode, those of its processor.
   *
   * @return empty for a kernel thread, and for a thread that is damaged, being created or exiting
   */
  Optional<RegisterValues> userRegisters();
}
