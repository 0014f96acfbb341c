package org.vmi4j.xen.memory;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

/**
 * A domain's memory mapped contiguously by one buffer: each window is mapped at its offset when it
 * is first read. Only complete windows are. They stay mapped until the domain is closed or gone.
 */
public final class ContiguousWindows {
  /** As many as a buffer can show. */
  private static final int MOST = Integer.MAX_VALUE / Window.SIZE;

  private final ForeignMemory memory;
  private final long start;
  private final ByteBuffer bytes;
  private final Window[] mapped;

  private ContiguousWindows(ForeignMemory memory, long start, ByteBuffer bytes) {
    this.memory = memory;
    this.start = start;
    this.bytes = bytes;
    this.mapped = new Window[bytes.limit() / Window.SIZE];
  }

  /**
   * Prepares the buffer, if that is possible here.
   *
   * @param start the first address of the domain's memory, a multiple of {@link Window#SIZE}
   * @param end its end
   * @param most how many windows may be kept in it
   */
  public static Optional<ContiguousWindows> of(
      ForeignMemory memory, long start, long end, int most) {
    long windows = Math.min((end - start) / Window.SIZE, MOST);
    return windows <= 0 || windows > most
        ? Optional.empty()
        : memory.reserve((int) windows).map(bytes -> new ContiguousWindows(memory, start, bytes));
  }

  /** Returns the mapping for readers. */
  public FrameSource.ContiguousMapping mapping() {
    return new FrameSource.ContiguousMapping(start, bytes, false);
  }

  /** Returns how many windows it holds. */
  public int windows() {
    return mapped.length;
  }

  /**
   * Maps a window at its offset, unless it is mapped already.
   *
   * @return the window; empty if it is not complete, or lies outside
   */
  synchronized Optional<Window> map(long address) {
    long window = (address - start) / Window.SIZE;
    return address < start || window >= mapped.length
        ? Optional.empty()
        : Optional.ofNullable(map((int) window));
  }

  private Window map(int window) {
    if (mapped[window] == null) {
      int offset = window * Window.SIZE;
      long first = (start + offset) / ForeignMemory.PAGE;
      if (memory.mapAt(
          window, ForeignMemory.consecutive(first, Window.SIZE / ForeignMemory.PAGE))) {
        mapped[window] = Window.complete(bytes.slice(offset, Window.SIZE));
      }
    }
    return mapped[window];
  }
}
