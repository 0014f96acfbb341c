package org.vmi4j.os.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

/** A machine's memory of 2 MiB from address 0, to be filled in by a test. */
public final class ScratchMemory implements FrameSource {
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(Window.SIZE).order(ByteOrder.LITTLE_ENDIAN);

  /** What is there. */
  public ByteBuffer bytes() {
    return bytes;
  }

  public PhysicalMemory physicalMemory() {
    return new PhysicalMemory(this);
  }

  @Override
  public long end() {
    return Window.SIZE;
  }

  @Override
  public Window map(long address) {
    return Window.complete(bytes.duplicate());
  }

  @Override
  public String explain(long address) {
    return "a test";
  }

  @Override
  public void close() {}
}
