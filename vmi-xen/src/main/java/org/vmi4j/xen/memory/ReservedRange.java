package org.vmi4j.xen.memory;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.LongBinaryOperator;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.lib.LibC;

/**
 * Addresses of this process that are kept for windows of memory. A slot is given up when mapping
 * there failed, since other code may have mapped something there.
 */
final class ReservedRange implements Runnable {
  private final long address;
  private final int windows;
  private final BitSet lost = new BitSet();

  /** Receives contiguous slots. */
  @FunctionalInterface
  interface Visitor {
    void visit(long address, long bytes);
  }

  ReservedRange(long address, int windows) {
    this.address = address;
    this.windows = windows;
  }

  /** Returns the number of slots, one a window. */
  int windows() {
    return windows;
  }

  /** The range as bytes, whose lifetime the caller manages. */
  ByteBuffer bytes() {
    return new Pointer(address).getByteBuffer(0, windows * (long) Window.SIZE);
  }

  /** Returns the address of a window's slot. */
  long place(int window) {
    return address + window * (long) Window.SIZE;
  }

  /**
   * Uses a slot, never at the same time as {@link #forEachSegment}.
   *
   * @param use the action; a slot for which it returns another address is given up
   * @return whether the slot is still usable
   */
  synchronized boolean use(int window, LongBinaryOperator use) {
    if (!lost.get(window) && use.applyAsLong(place(window), Window.SIZE) != place(window)) {
      lost.set(window);
    }
    return !lost.get(window);
  }

  /** Visits each contiguous segment of usable slots. */
  synchronized void forEachSegment(Visitor visitor) {
    for (int from = lost.nextClearBit(0); from < windows; ) {
      int next = lost.nextSetBit(from);
      int to = next < 0 ? windows : next;
      visitor.visit(place(from), (to - from) * (long) Window.SIZE);
      from = lost.nextClearBit(to);
    }
  }

  /** Unmaps all, when no buffer refers to it. */
  @Override
  public void run() {
    forEachSegment(LibC::munmap);
  }
}
