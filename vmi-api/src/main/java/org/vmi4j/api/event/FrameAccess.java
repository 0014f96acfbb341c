package org.vmi4j.api.event;

/** What a guest may do with a frame of its memory before an event is reported. */
public enum FrameAccess {
  /** Every access is reported. */
  NONE(false, false, false),
  /** Writes and instruction fetches are reported. */
  R(true, false, false),
  /**
   * Reads and instruction fetches are reported. Intel's EPT cannot express it: see {@link #NONE}.
   */
  W(false, true, false),
  /** Instruction fetches are reported. */
  RW(true, true, false),
  /** Reads and writes are reported. */
  X(false, false, true),
  /** Writes are reported. */
  RX(true, false, true),
  /** Reads are reported. Intel's EPT cannot express it. */
  WX(false, true, true),
  /** Nothing is reported. */
  RWX(true, true, true);

  private final boolean read;
  private final boolean write;
  private final boolean execute;

  FrameAccess(boolean read, boolean write, boolean execute) {
    this.read = read;
    this.write = write;
    this.execute = execute;
  }

  /** Returns the one with these rights. */
  public static FrameAccess of(boolean read, boolean write, boolean execute) {
    for (FrameAccess each : values()) {
      if (each.read == read && each.write == write && each.execute == execute) {
        return each;
      }
    }
    throw new AssertionError();
  }

  /** Whether reading is permitted. */
  public boolean read() {
    return read;
  }

  /** Whether writing is permitted. */
  public boolean write() {
    return write;
  }

  /** Whether fetching instructions is permitted. */
  public boolean execute() {
    return execute;
  }

  /** Returns the rights that this one and another one permit both. */
  public FrameAccess and(FrameAccess other) {
    return of(read && other.read, write && other.write, execute && other.execute);
  }

  /** As {@code "r-x"}. */
  @Override
  public String toString() {
    return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-");
  }
}
