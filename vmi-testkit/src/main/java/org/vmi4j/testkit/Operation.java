package org.vmi4j.testkit;

/**
 * One call that reached a {@link MockVm} or its memory.
 *
 * @param kind the operation
 * @param subject what it was asked of: a guest-physical address in bytes for memory, the index of a
 *     virtual processor for registers, what the kind says, 0 otherwise
 */
public record Operation(Kind kind, long subject) {

  /** The kinds of operations on a machine. */
  public enum Kind {
    /** A window of memory was mapped. */
    MAP,
    /** A window in which memory was absent was mapped once more. */
    RETRY,
    /** A {@link LoggedMemory} was read; the subject is its address. */
    READ,
    /** A batch of reads reached a {@link LoggedMemory}; the subject is how many. */
    READ_BATCH,
    /** Memory was mapped to be written. */
    WRITE,
    /** Such a mapping ended: the bytes are in the guest. */
    WRITE_END,
    /** Registers of one processor were read. */
    READ_REGISTERS,
    /** Registers were written. */
    WRITE_REGISTERS,
    /** The machine was paused. */
    PAUSE,
    /** A pause ended. */
    UNPAUSE,
    /** The channel of events was opened. */
    OPEN_EVENTS,
    /** The channel of events was closed. */
    CLOSE_EVENTS,
    /** Something was monitored. */
    MONITOR,
    /** Something was no longer monitored. */
    UNMONITOR,
    /** Rights of frames were set; the subject is the first frame. */
    SET_RIGHTS,
    /** A view was created; the subject is its number. */
    CREATE_VIEW,
    /** A view was destroyed. */
    DESTROY_VIEW,
    /** All processors were switched to a view. */
    SWITCH_VIEW,
    /** A frame was put in the place of another in a view; the subject is the place. */
    REMAP,
    /** A frame was put back in its place in a view. */
    RESTORE,
    /** A frame was added to the machine. */
    ADD_FRAME,
    /** An added frame was removed. */
    REMOVE_FRAME,
    /** The memory was closed. */
    CLOSE_MEMORY,
    /** The machine was closed. */
    CLOSE
  }

  @Override
  public String toString() {
    return kind + " 0x" + Long.toHexString(subject);
  }
}
