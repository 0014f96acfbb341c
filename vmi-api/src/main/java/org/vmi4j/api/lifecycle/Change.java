package org.vmi4j.api.lifecycle;

import java.util.Arrays;
import java.util.HexFormat;

/** A change of a guest that outlives the process that makes it, as a {@link Journal} records it. */
public sealed interface Change {

  /** Bytes of guest-physical memory are replaced. */
  final class Bytes implements Change {
    /** The most bytes of one change. */
    public static final int MOST = 4096;

    private final long address;
    private final byte[] before;
    private final byte[] after;

    /**
     * Describes the change.
     *
     * @param address the guest-physical address of the first byte
     * @param before what is there before
     * @param after what is written; as many bytes
     */
    public Bytes(long address, byte[] before, byte[] after) {
      if (before.length != after.length || before.length == 0 || before.length > MOST) {
        throw new IllegalArgumentException(
            "a change from " + before.length + " bytes to " + after.length);
      }
      this.address = address;
      this.before = before.clone();
      this.after = after.clone();
    }

    /** The guest-physical address of the first byte. */
    public long address() {
      return address;
    }

    /** A copy of what is there before. */
    public byte[] before() {
      return before.clone();
    }

    /** A copy of what is written. */
    public byte[] after() {
      return after.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that
          && address == that.address
          && Arrays.equals(before, that.before)
          && Arrays.equals(after, that.after);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(address) + Arrays.hashCode(before);
    }

    @Override
    public String toString() {
      HexFormat hex = HexFormat.of();
      return "bytes at 0x"
          + Long.toHexString(address)
          + " from "
          + hex.formatHex(before)
          + " to "
          + hex.formatHex(after);
    }
  }

  /**
   * A frame is added to the guest's memory.
   *
   * @param number the number of the frame
   */
  record AddedFrame(long number) implements Change {
    @Override
    public String toString() {
      return "an added frame 0x" + Long.toHexString(number);
    }
  }

  /** Something that the hypervisor itself knows of, and a driver can undo without a record. */
  enum Held implements Change {
    /** Events are reported, and processors wait for answers. */
    MONITORED("monitored"),
    /** Processors use a view of memory that is not the machine's own. */
    IN_VIEW("in a view"),
    /** All processors are stopped. */
    PAUSED("paused");

    private final String words;

    Held(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
