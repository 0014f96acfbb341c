package org.vmi4j.xen.memory;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.LongBinaryOperator;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.lib.LibC;

/**
 * Addresses of this process that are kept for windows of memory. A place in it can be lost, when
 * what was to be mapped there was not and anybody may have taken the place since.
 */
final class ReservedRange implements Runnable {
  private final long address;
  private final int windows;
  private final BitSet lost = new BitSet();

  /** Receives places that are contiguous. */
  @FunctionalInterface
  interface Visitor {
    void visit(long address, long bytes);
  }

  ReservedRange(long address, int windows) {
    this.address = address;
    this.windows = windows;
  }

  /** How many windows it has places for. */
  int windows() {
    return windows;
  }

  /** The range as bytes, without any care for when it is unmapped. */
  ByteBuffer bytes() {
    return new Pointer(address).getByteBuffer(0, windows * (long) Window.SIZE);
  }

  /** The address of a window's place. */
  long place(int window) {
    return address + window * (long) Window.SIZE;
  }

  /**
   * Uses a place, in turn with those who use all.
   *
   * @param use what to do; a place for which it answers something other than its address is lost
   * @return whether it is still ours
   */
  synchronized boolean use(int window, LongBinaryOperator use) {
    if (!lost.get(window) && use.applyAsLong(place(window), Window.SIZE) != place(window)) {
      lost.set(window);
    }
    return !lost.get(window);
  }

  /** Visits each run of places that are not lost. */
  synchronized void forEachRun(Visitor visitor) {
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
    forEachRun(LibC::munmap);
  }
}
