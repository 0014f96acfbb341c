package org.vmi4j.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

/**
 * A contiguous mapping whose windows come one by one holds other bytes here than windows on their
 * own: those of a page table that leads to itself.
 */
class ContiguousMappingTest {
  private static final long START = 2L * Window.SIZE;
  private static final long FROM_CONTIGUOUS = START | 1;
  private static final long FROM_WINDOW = 0x2222_2222_2222_2222L;

  private final Source source = new Source();
  private final PhysicalMemory memory = new PhysicalMemory(source);

  private static ByteBuffer filled(int size, long value) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putLong(value);
    }
    return bytes.flip();
  }

  private static final class Source implements FrameSource {
    private Listener listener;

    @Override
    public long end() {
      return 1L << 40;
    }

    @Override
    public Optional<ContiguousMapping> contiguousMapping() {
      return Optional.of(
          new ContiguousMapping(START, filled(2 * Window.SIZE, FROM_CONTIGUOUS), false));
    }

    @Override
    public Window map(long address) {
      return Window.complete(filled(Window.SIZE, FROM_WINDOW));
    }

    @Override
    public void listen(Listener changes) {
      listener = changes;
    }

    @Override
    public String explain(long address) {
      return "no reason";
    }

    @Override
    public void close() {}
  }

  @Test
  void onlyAWindowThatWasPlacedIsReadThere() {
    source.listener.mapped(START);

    assertThat(memory.readLong(START)).isEqualTo(FROM_CONTIGUOUS);
    assertThat(memory.entries().entryInPlace(START + Window.SIZE - 8)).isEqualTo(FROM_CONTIGUOUS);
    assertThat(memory.readByte(START + Window.SIZE - 8)).isEqualTo((byte) FROM_CONTIGUOUS);
    assertThat(memory.readLong(START - 8)).isEqualTo(FROM_WINDOW);
    assertThat(memory.readLong(START + Window.SIZE)).isEqualTo(FROM_WINDOW);
    assertThat(memory.entries().entryInPlace(START + Window.SIZE)).isZero();
    assertThat(memory.entries().readEntry(START + Window.SIZE, 8)).isEqualTo(FROM_WINDOW);
  }

  @Test
  void aNumberThatLeavesThePlacedWindowIsNotReadThere() {
    source.listener.mapped(START);

    assertThat(memory.readLong(START + Window.SIZE - 7)).isEqualTo(FROM_WINDOW);
    assertThat(memory.readInt(START + Window.SIZE - 3)).isEqualTo((int) FROM_WINDOW);
    assertThat(memory.readShort(START + Window.SIZE - 1)).isEqualTo((short) FROM_WINDOW);
  }

  /** The distance from the start of the mapping has more bits than an int. */
  @Test
  void anAddressFarAwayIsNotTakenForOneInTheStretch() {
    source.listener.mapped(START);

    assertThat(memory.readLong(START + (1L << 31))).isEqualTo(FROM_WINDOW);
    assertThat(memory.readLong(START + (1L << 32))).isEqualTo(FROM_WINDOW);
    assertThatThrownBy(() -> memory.readLong(START + Long.MIN_VALUE))
        .isInstanceOf(MemoryFault.class);
    assertThatThrownBy(() -> memory.readLong(START + (1L << 53))).isInstanceOf(MemoryFault.class);
  }

  /** Cut to an int, the number of this window of the mapping would be 0. */
  @Test
  void aRootThatNoProcessorCanAddressLeadsNowhere() {
    source.listener.mapped(START);
    long root = START + (1L << 53);

    AddressSpace space = AddressSpace.of(memory, PagingMode.X86_64, root);

    assertThat(space.lookup(0)).isNegative();
    assertThat(AddressSpace.of(memory, PagingMode.X86_64, START).lookup(0)).isNotNegative();
  }

  @Test
  void whatIsLostIsNotPlacedAgain() {
    source.listener.mapped(START);
    source.listener.revoked();
    assertThat(memory.readLong(START)).isEqualTo(FROM_WINDOW);
    source.listener.mapped(START);
    assertThat(memory.readLong(START)).isEqualTo(FROM_WINDOW);
  }

  @Test
  void aStretchOfWindowsBeginsWithOne() {
    assertThatThrownBy(() -> new FrameSource.ContiguousMapping(4096, ByteBuffer.allocate(0), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0x1000");
  }
}
