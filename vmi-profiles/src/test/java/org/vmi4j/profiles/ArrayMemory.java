package org.vmi4j.profiles;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;

/** Memory for tests: an array at an address, and nothing around it. */
public final class ArrayMemory extends Memory {
  private final long base;
  private final ByteBuffer bytes;

  public ArrayMemory(long base, byte[] bytes) {
    this.base = base;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int index(long address, int size) {
    long index = address - base;
    if (index < 0 || index > bytes.capacity() - size) {
      throw fault(address, 0);
    }
    return (int) index;
  }

  @Override
  public int pointerSize() {
    return Long.BYTES;
  }

  @Override
  public byte readByte(long address) {
    return bytes.get(index(address, 1));
  }

  @Override
  public short readShort(long address) {
    return bytes.getShort(index(address, 2));
  }

  @Override
  public int readInt(long address) {
    return bytes.getInt(index(address, 4));
  }

  @Override
  public long readLong(long address) {
    return bytes.getLong(index(address, 8));
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    long index = address - base;
    if (index < 0 || index >= bytes.capacity()) {
      return 0;
    }
    int available = (int) Math.min(length, bytes.capacity() - index);
    bytes.get((int) index, into, offset, available);
    return available;
  }

  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    return 0;
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    return new MemoryFault("nothing at 0x" + Long.toHexString(address), address, completed);
  }
}
