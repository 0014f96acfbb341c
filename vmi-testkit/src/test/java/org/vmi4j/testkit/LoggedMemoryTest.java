package org.vmi4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.api.memory.ReadBatch;

/** Memory implemented outside of vmi-api: it answers batches, and counts as one request each. */
class LoggedMemoryTest {
  private static final long BASE = 0x1000;

  private final Operations operations = new Operations();
  private final Memory memory =
      new LoggedMemory(
          new ArrayMemory(BASE, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), operations);

  @Test
  void aBatchIsOneRequest() {
    ReadBatch batch = new ReadBatch();
    batch.add(BASE, 4);
    batch.add(BASE + 8, 8);
    batch.add(0, 1);
    batch.add(BASE + 4, 2);
    memory.read(batch);

    assertThat(operations.all()).containsExactly(new Operation(Operation.Kind.READ_BATCH, 4));
    assertThat(batch.value(0)).isEqualTo(0x0403_0201);
    assertThat(batch.completed(1)).isEqualTo(2);
    assertThat(batch.fault(1).orElseThrow()).hasMessage("no memory at 0x100a");
    assertThatThrownBy(() -> batch.value(2))
        .isInstanceOf(MemoryFault.class)
        .hasMessage("no memory at 0x0");
    assertThat(batch.value(3)).isEqualTo(0x0605);
  }

  @Test
  void whatIsReadAheadTakesNoRequestAndTheRestOneEach() {
    ReadAhead ahead = new ReadAhead(memory).add(BASE, 4).add(BASE + 8, 8).fetch();
    ahead.readShort(BASE);
    ahead.readByte(BASE + 9);
    assertThat(operations.all()).hasSize(1);

    ahead.readByte(BASE + 4);
    assertThatThrownBy(() -> ahead.readInt(BASE + 8)).isInstanceOf(MemoryFault.class);
    assertThat(operations.of(Operation.Kind.READ)).hasSize(2);
  }

  /** Memory that sets the answers itself: every byte is the low byte of its address. */
  private static final class Counting extends Memory {
    @Override
    public int pointerSize() {
      return Integer.BYTES;
    }

    @Override
    public byte readByte(long address) {
      return (byte) address;
    }

    @Override
    public short readShort(long address) {
      return (short) readByParts(address, Short.BYTES);
    }

    @Override
    public int readInt(long address) {
      return (int) readByParts(address, Integer.BYTES);
    }

    @Override
    public long readLong(long address) {
      return readByParts(address, Long.BYTES);
    }

    @Override
    public int readAvailable(long address, byte[] into, int offset, int length) {
      for (int i = 0; i < length; i++) {
        into[offset + i] = (byte) (address + i);
      }
      return length;
    }

    @Override
    protected void answer(ReadBatch batch) {
      for (int i = 0; i < batch.count(); i++) {
        int half = batch.length(i) / 2;
        readAvailable(batch.address(i), batch.bytes(), batch.offset(i), half);
        batch.answer(i, half);
      }
      assertThatIllegalArgumentException().isThrownBy(() -> batch.answer(0, 9));
      assertThatIllegalArgumentException().isThrownBy(() -> batch.answer(0, -1));
    }

    @Override
    public int writeAvailable(long address, byte[] from, int offset, int length) {
      return 0;
    }

    @Override
    protected MemoryFault fault(long address, int completed) {
      return new MemoryFault("only half was answered", address, completed);
    }
  }

  @Test
  void anyMemorySetsAnswersInPart() {
    ReadBatch batch = new ReadBatch();
    batch.add(0x10, 8);
    batch.add(0x20, 0);
    new Counting().read(batch);

    assertThat(batch.completed(0)).isEqualTo(4);
    assertThat(batch.bytes()).startsWith(0x10, 0x11, 0x12, 0x13);
    assertThat(batch.fault(0).orElseThrow().address()).isEqualTo(0x14);
    assertThat(batch.succeeded(1)).isTrue();
  }
}
