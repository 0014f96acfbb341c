package org.vmi4j.testkit;

import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadBatch;

/**
 * Another memory, with each request to it in a log: a read, or a batch of reads, which counts once.
 * The length of the log is the number of round trips that the same work takes where memory is
 * fetched from another machine.
 */
public final class LoggedMemory extends Memory {
  private final Memory memory;
  private final Operations operations;

  /**
   * Wraps a memory.
   *
   * @param memory what answers
   * @param operations where each request is logged before it is answered
   */
  public LoggedMemory(Memory memory, Operations operations) {
    this.memory = memory;
    this.operations = operations;
  }

  @Override
  public int pointerSize() {
    return memory.pointerSize();
  }

  @Override
  public byte readByte(long address) {
    operations.perform(Operation.Kind.READ, address);
    return memory.readByte(address);
  }

  @Override
  public short readShort(long address) {
    operations.perform(Operation.Kind.READ, address);
    return memory.readShort(address);
  }

  @Override
  public int readInt(long address) {
    operations.perform(Operation.Kind.READ, address);
    return memory.readInt(address);
  }

  @Override
  public long readLong(long address) {
    operations.perform(Operation.Kind.READ, address);
    return memory.readLong(address);
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    operations.perform(Operation.Kind.READ, address);
    return memory.readAvailable(address, into, offset, length);
  }

  @Override
  protected void answer(ReadBatch batch) {
    operations.perform(Operation.Kind.READ_BATCH, batch.count());
    for (int i = 0; i < batch.count(); i++) {
      batch.addPart(i, batch.address(i), 0, batch.length(i));
    }
    batch.answerByParts(memory);
  }

  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    return memory.writeAvailable(address, from, offset, length);
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    try {
      memory.readByte(address);
    } catch (MemoryFault fault) {
      return new MemoryFault(fault.getMessage(), address, completed);
    }
    return new MemoryFault(
        "no memory at 0x" + Long.toHexString(address) + " a moment ago", address, completed);
  }
}
