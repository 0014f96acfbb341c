package org.vmi4j.os.linux.kernel;

/** What a task is doing, by the states that ps(1) shows (fs/proc/array.c). */
public enum TaskState {
  /** It runs, or waits for a processor. */
  RUNNING('R'),
  /** It sleeps, and a signal wakes it up. */
  SLEEPING('S'),
  /** It sleeps, mostly for a device, and no signal wakes it up. */
  UNINTERRUPTIBLE('D'),
  /** It was stopped by a signal. */
  STOPPED('T'),
  /** A tracer has stopped it. */
  TRACED('t'),
  /** It is ended and about to go. */
  DEAD('X'),
  /** It has ended, and its parent has not asked for its result yet. */
  ZOMBIE('Z'),
  /** A thread of the kernel that is put aside. */
  PARKED('P'),
  /** A thread of the kernel that has nothing to do. */
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
   * Returns the state that two members of a task_struct stand for (include/linux/sched.h).
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
