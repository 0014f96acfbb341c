package org.vmi4j.os;

import java.util.Optional;
import org.vmi4j.api.cpu.RegisterValues;

/** A thread of a process of a guest. */
public interface GuestThread {
  /** Returns its own number. */
  int id();

  /** Returns the number of its process. */
  int processId();

  /**
   * Returns its registers in its program: those with which it entered the kernel, or while it runs
   * its program, those of its processor.
   *
   * @return nothing for a thread of the kernel, and for one that is damaged, begins or ends
   */
  Optional<RegisterValues> userRegisters();
}
