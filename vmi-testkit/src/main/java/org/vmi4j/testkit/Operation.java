package org.vmi4j.testkit;

/**
 * One call that reached a {@link MockVm} or its memory.
 *
 * @param kind the operation
 * @param subject what it was asked of: a guest-physical address in bytes for memory, the index of a
 *     virtual processor for registers, 0 otherwise
 */
public record Operation(Kind kind, long subject) {

  /** The kinds of operations on a machine. */
  public enum Kind {
    /** A window of memory was mapped. */
    MAP,
    /** A window in which memory was absent was mapped once more. */
    RETRY,
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
