package org.vmi4j.api.spi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * 2 MiB of guest-physical memory, aligned, as a driver maps it. Most windows are complete: one
 * buffer, every byte there. At the edges of memory and around holes a window is made of extents,
 * with nothing between them.
 */
public final class Window {
  /** The size of a window in bytes, 2 MiB. */
  public static final int SIZE = 1 << 21;

  /** A window with no memory in it. */
  public static final Window ABSENT = new Window(List.of());

  private final List<Extent> extents;

  private Window(List<Extent> extents) {
    this.extents = extents;
  }

  /**
   * A part of a window that is there.
   *
   * @param offset where in the window it begins, in bytes
   * @param bytes its memory, from position 0 to the limit
   */
  public record Extent(int offset, ByteBuffer bytes) {

    /** Checks that the extent lies within a window, and takes the bytes as little-endian. */
    public Extent {
      if (offset < 0 || bytes.limit() == 0 || bytes.limit() > SIZE - offset) {
        throw new IllegalArgumentException(
            "an extent of " + bytes.limit() + " bytes at " + offset + " leaves its window");
      }
      bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where in the window it ends, in bytes. */
    public int end() {
      return offset + bytes.limit();
    }
  }

  /**
   * Makes a window of its parts.
   *
   * @param extents the parts that are there, in any order
   * @throws IllegalArgumentException if two of them overlap
   */
  public static Window of(List<Extent> extents) {
    List<Extent> sorted = new ArrayList<>(extents);
    sorted.sort(Comparator.comparingInt(Extent::offset));
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).offset() < sorted.get(i - 1).end()) {
        throw new IllegalArgumentException("extents overlap at " + sorted.get(i).offset());
      }
    }
    return sorted.isEmpty() ? ABSENT : new Window(List.copyOf(sorted));
  }

  /** Makes a complete window of {@link #SIZE} bytes. */
  public static Window complete(ByteBuffer bytes) {
    if (bytes.remaining() != SIZE) {
      throw new IllegalArgumentException("a complete window has " + SIZE + " bytes");
    }
    return of(List.of(new Extent(0, bytes.slice())));
  }

  /** The parts that are there, in ascending order. */
  public List<Extent> extents() {
    return extents;
  }

  /** Returns the one buffer of a complete window, and {@code null} for any other. */
  public ByteBuffer whole() {
    return extents.size() == 1 && extents.get(0).bytes().limit() == SIZE
        ? extents.get(0).bytes()
        : null;
  }

  /** Returns the extent that holds an offset, or {@code null} where there is a hole. */
  public Extent extentAt(int offset) {
    int low = 0;
    int high = extents.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Extent extent = extents.get(middle);
      if (offset < extent.offset()) {
        high = middle - 1;
      } else if (offset >= extent.end()) {
        low = middle + 1;
      } else {
        return extent;
      }
    }
    return null;
  }
}
