package org.vmi4j.os.linux.kernel;

/** The state of a task, as ps(1) shows it (fs/proc/array.c). */
public enum TaskState {
  /** Running, or waiting for a processor. */
  RUNNING('R'),
  /** Interruptible sleep. */
  SLEEPING('S'),
  /** Uninterruptible sleep, usually I/O. */
  UNINTERRUPTIBLE('D'),
  /** Stopped by a signal. */
  STOPPED('T'),
  /** Stopped by a tracer. */
  TRACED('t'),
  /** Dead: about to be removed. */
  DEAD('X'),
  /** Zombie: ended, not yet reaped by its parent. */
  ZOMBIE('Z'),
  /** A parked kernel thread. */
  PARKED('P'),
  /** An idle kernel thread. */
  IDLE('I');

  private static final int NO_LOAD = 0x400;
  private static final int UNINTERRUPTIBLE_BIT = 2;
  private static final int REPORTED = 0x7f;

  private final char letter;

  TaskState(char letter) {
    this.letter = letter;
  }

  /** Returns the letter of ps(1). */
  public char letter() {
    return letter;
  }

  /**
   * Returns the state encoded by two members of a task_struct (include/linux/sched.h).
   *
   * @param state {@code __state}, {@code state} before Linux 5.14
   * @param exitState {@code exit_state}
   */
  public static TaskState of(int state, int exitState) {
    // TASK_IDLE: TASK_NOLOAD beside TASK_UNINTERRUPTIBLE.
    if (exitState == 0 && (state & NO_LOAD) != 0 && (state & UNINTERRUPTIBLE_BIT) != 0) {
      return IDLE;
    }
    int reported = (state | exitState) & REPORTED;
    return values()[Integer.SIZE - Integer.numberOfLeadingZeros(reported)];
  }
}
