package org.vmi4j.xen.memory;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.memory.FrameSource;
import org.vmi4j.api.memory.Window;

/**
 * A domain's memory in one buffer: its windows are mapped at their places in it when they are first
 * read. Only complete windows have a place here. They stay until the domain is released or closed.
 */
public final class XenStretch {
  /** As many as a buffer can show. */
  private static final int MOST = Integer.MAX_VALUE / Window.SIZE;

  private final ForeignMemory memory;
  private final long start;
  private final ByteBuffer bytes;
  private final Window[] placed;

  private XenStretch(ForeignMemory memory, long start, ByteBuffer bytes) {
    this.memory = memory;
    this.start = start;
    this.bytes = bytes;
    this.placed = new Window[bytes.limit() / Window.SIZE];
  }

  /**
   * Prepares the buffer, if that is possible here.
   *
   * @param start the first address of the domain's memory, a multiple of {@link Window#SIZE}
   * @param end its end
   * @param most how many windows may be kept in it
   */
  public static Optional<XenStretch> of(ForeignMemory memory, long start, long end, int most) {
    long windows = Math.min((end - start) / Window.SIZE, MOST);
    return windows <= 0 || windows > most
        ? Optional.empty()
        : memory.reserve((int) windows).map(bytes -> new XenStretch(memory, start, bytes));
  }

  /** What readers see of it. */
  public FrameSource.Stretch stretch() {
    return new FrameSource.Stretch(start, bytes, false);
  }

  /** How many windows have a place in it. */
  public int windows() {
    return placed.length;
  }

  /**
   * Maps a window at its place, unless it is there already.
   *
   * @return the window; nothing if it is not complete, or has no place here
   */
  synchronized Optional<Window> place(long address) {
    long window = (address - start) / Window.SIZE;
    return address < start || window >= placed.length
        ? Optional.empty()
        : Optional.ofNullable(place((int) window));
  }

  private Window place(int window) {
    if (placed[window] == null) {
      int offset = window * Window.SIZE;
      long first = (start + offset) / ForeignMemory.PAGE;
      if (memory.mapAt(
          window, ForeignMemory.consecutive(first, Window.SIZE / ForeignMemory.PAGE))) {
        placed[window] = Window.complete(bytes.slice(offset, Window.SIZE));
      }
    }
    return placed[window];
  }
}
