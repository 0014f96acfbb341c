package org.vmi4j.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;

/** Memory of an address space without page tables: an array at an address, nothing around it. */
public final class ArrayMemory extends Memory {
  private final long base;
  private final ByteBuffer bytes;

  /**
   * Wraps an array as memory.
   *
   * @param base the address of its first byte
   * @param bytes the memory itself, which is not copied
   */
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
    return bytes.get(index(address, Byte.BYTES));
  }

  @Override
  public short readShort(long address) {
    return bytes.getShort(index(address, Short.BYTES));
  }

  @Override
  public int readInt(long address) {
    return bytes.getInt(index(address, Integer.BYTES));
  }

  @Override
  public long readLong(long address) {
    return bytes.getLong(index(address, Long.BYTES));
  }

  /** Returns how many bytes are present from an address on, up to a limit. */
  private int available(long address, int length) {
    long index = address - base;
    return index < 0 || index >= bytes.capacity()
        ? 0
        : (int) Math.min(length, bytes.capacity() - index);
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    int count = available(address, length);
    if (count > 0) {
      bytes.get((int) (address - base), into, offset, count);
    }
    return count;
  }

  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    int count = available(address, length);
    if (count > 0) {
      bytes.put((int) (address - base), from, offset, count);
    }
    return count;
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    return new MemoryFault("no memory at 0x" + Long.toHexString(address), address, completed);
  }
}
