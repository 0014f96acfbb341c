package org.vmi4j.api.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Memory of which some ranges are read ahead, together: {@link #add} the structures that are wanted
 * next, {@link #fetch} them in one batch, and read their members as of any other memory.
 *
 * <p>What was read ahead is a hint and changes no answer. A read inside a range is answered from
 * the bytes fetched. Any other read, and one of bytes that were missing, goes to the memory itself,
 * so that its fault is that of a single read. Keep few ranges at a time: each read looks for its
 * own, from the one on that answered the read before.
 *
 * <p>What the guest changes after {@link #fetch} is not seen in the ranges; {@link #clear} them
 * before the next look. An object belongs to one thread at a time.
 */
public final class ReadAhead extends Memory {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MISSED = -1;

  private final Memory memory;
  private final ReadBatch batch = new ReadBatch();
  private int current;

  /** Creates it, with nothing read ahead. */
  public ReadAhead(Memory memory) {
    this.memory = memory;
  }

  /** Removes all ranges. */
  public ReadAhead clear() {
    batch.clear();
    current = 0;
    return this;
  }

  /**
   * Adds a range to read ahead.
   *
   * @param address its first address
   * @param length how many bytes it has
   */
  public ReadAhead add(long address, int length) {
    batch.add(address, length);
    return this;
  }

  /** Reads the ranges, in one batch; also those that were fetched before. */
  public ReadAhead fetch() {
    memory.read(batch);
    return this;
  }

  /** Whether some bytes were fetched, all of them with one range. */
  public boolean has(long address, int bytes) {
    return find(address, bytes) != MISSED;
  }

  @Override
  public int pointerSize() {
    return memory.pointerSize();
  }

  /** Returns where in the batch some bytes are, all of which were fetched with one range. */
  private int find(long address, int bytes) {
    int at = batch.locate(current, address, bytes);
    return at >= 0 ? at : findElsewhere(address, bytes);
  }

  private int findElsewhere(long address, int bytes) {
    int count = batch.count();
    for (int i = 1, range = current; i < count; i++) {
      range = range + 1 == count ? 0 : range + 1;
      int at = batch.locate(range, address, bytes);
      if (at >= 0) {
        current = range;
        return at;
      }
    }
    return MISSED;
  }

  @Override
  public byte readByte(long address) {
    int at = find(address, Byte.BYTES);
    return at == MISSED ? memory.readByte(address) : batch.bytes()[at];
  }

  @Override
  public short readShort(long address) {
    int at = find(address, Short.BYTES);
    return at == MISSED ? memory.readShort(address) : (short) SHORTS.get(batch.bytes(), at);
  }

  @Override
  public int readInt(long address) {
    int at = find(address, Integer.BYTES);
    return at == MISSED ? memory.readInt(address) : (int) INTS.get(batch.bytes(), at);
  }

  @Override
  public long readLong(long address) {
    int at = find(address, Long.BYTES);
    return at == MISSED ? memory.readLong(address) : (long) LONGS.get(batch.bytes(), at);
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    int at = find(address, length);
    if (at == MISSED) {
      return memory.readAvailable(address, into, offset, length);
    }
    System.arraycopy(batch.bytes(), at, into, offset, length);
    return length;
  }

  /** Writes to the memory itself; ranges that were fetched keep the bytes of before. */
  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    return memory.writeAvailable(address, from, offset, length);
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    return memory.fault(address, completed);
  }
}
