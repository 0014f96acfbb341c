package org.vmi4j.api.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.TreeMap;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

/** Sparse physical memory for tests: a window exists from the first time something is put there. */
public final class FakeMemory implements FrameSource {
  private final TreeMap<Long, ByteBuffer> windows = new TreeMap<>();
  private final long end;
  private final boolean withContiguousMapping;
  private int mapped;

  /**
   * Creates memory without any window.
   *
   * @param withContiguousMapping whether the first window is mapped contiguously
   */
  public FakeMemory(long end, boolean withContiguousMapping) {
    this.end = end;
    this.withContiguousMapping = withContiguousMapping;
  }

  private ByteBuffer window(long address) {
    return windows.computeIfAbsent(
        address & -Window.SIZE,
        base -> ByteBuffer.allocateDirect(Window.SIZE).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Puts eight bytes. */
  public FakeMemory putLong(long address, long value) {
    window(address).putLong((int) (address & Window.SIZE - 1), value);
    return this;
  }

  /** Puts four bytes. */
  public FakeMemory putInt(long address, int value) {
    window(address).putInt((int) (address & Window.SIZE - 1), value);
    return this;
  }

  /** Puts bytes, which may cross windows. */
  public FakeMemory put(long address, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      window(address + i).put((int) (address + i & Window.SIZE - 1), bytes[i]);
    }
    return this;
  }

  /** The memory as it is now. */
  public PhysicalMemory open() {
    return new PhysicalMemory(this);
  }

  /** How often a window was mapped. */
  public int mapped() {
    return mapped;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public Optional<ContiguousMapping> contiguousMapping() {
    return withContiguousMapping && !windows.isEmpty()
        ? Optional.of(
            new ContiguousMapping(windows.firstKey(), windows.firstEntry().getValue(), true))
        : Optional.empty();
  }

  @Override
  public Window map(long address) {
    mapped++;
    ByteBuffer window = windows.get(address);
    return window == null ? Window.ABSENT : Window.complete(window.duplicate());
  }

  @Override
  public String explain(long address) {
    return "the test put nothing there";
  }

  @Override
  public void close() {}
}
