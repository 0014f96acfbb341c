package org.vmi4j.api.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.FakeMemory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.api.spi.WritableFrames;

/** Which windows are kept, asked for again and given up. */
class WindowTableTest {
  private static final long FAR = 1L << 45;

  /** A source that says what it was asked for. */
  private static final class Source implements FrameSource {
    private final List<Long> mapped = new ArrayList<>();
    private final Set<Long> absent = new HashSet<>();
    private final int limit;
    private final long lifetime;
    private int retries;
    private Listener listener;
    private byte[] written = {};
    private int closedWrites;

    Source(int limit, long lifetime) {
      this.limit = limit;
      this.lifetime = lifetime;
    }

    @Override
    public long end() {
      return FAR + 64L * Window.SIZE;
    }

    @Override
    public int windowLimit() {
      return limit;
    }

    @Override
    public long absenceLifetime() {
      return lifetime;
    }

    @Override
    public Window map(long address) {
      mapped.add(address);
      if (absent.contains(address)) {
        return Window.ABSENT;
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect(Window.SIZE).order(ByteOrder.LITTLE_ENDIAN);
      return Window.complete(bytes.putLong(0, address));
    }

    @Override
    public Window retry(long address, Window known) {
      retries++;
      return absent.contains(address) ? known : map(address);
    }

    @Override
    public void listen(Listener changes) {
      listener = changes;
    }

    @Override
    public Optional<WritableFrames> writable(long address, int length) {
      if (absent.contains(address & -Window.SIZE)) {
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, 4096 - address % 4096));
      return Optional.of(
          new WritableFrames() {
            @Override
            public ByteBuffer bytes() {
              return bytes;
            }

            @Override
            public void close() {
              closedWrites++;
              int before = written.length;
              written = java.util.Arrays.copyOf(written, before + bytes.capacity());
              bytes.get(0, written, before, bytes.capacity());
            }
          });
    }

    @Override
    public String explain(long address) {
      return "absent";
    }

    @Override
    public void close() {}
  }

  private static long window(int number) {
    return (long) number * Window.SIZE;
  }

  @Test
  void whatWasNotUsedLatelyGivesWay() {
    Source source = new Source(3, FrameSource.FOR_EVER);
    PhysicalMemory memory = new PhysicalMemory(source);
    for (int i = 0; i < 3; i++) {
      memory.readLong(window(i));
    }
    // All three lose their mark, and the first goes; the second is used again, the third is not.
    memory.readLong(window(3));
    memory.readLong(window(1));
    memory.readLong(window(4));
    source.mapped.clear();
    memory.readLong(window(1));
    memory.readLong(window(3));
    memory.readLong(window(4));
    assertThat(source.mapped).isEmpty();
    assertThat(memory.readLong(window(2))).isEqualTo(window(2));
    assertThat(source.mapped).containsExactly(window(2));
  }

  @Test
  void windowsTooFarUpForTheTableAreKeptToo() {
    Source source = new Source(2, FrameSource.FOR_EVER);
    source.absent.add(FAR + window(1));
    PhysicalMemory memory = new PhysicalMemory(source);
    for (int i = 0; i < 5; i++) {
      assertThat(memory.readLong(FAR)).isEqualTo(FAR);
      assertThat(memory.isPresent(FAR + window(1))).isFalse();
    }
    assertThat(source.mapped).containsExactly(FAR, FAR + window(1));
    for (int i = 2; i < 10; i++) {
      assertThat(memory.readLong(FAR + window(i))).isEqualTo(FAR + window(i));
    }
    source.mapped.clear();
    assertThat(memory.readLong(FAR)).isEqualTo(FAR);
    assertThat(source.mapped).containsExactly(FAR);
  }

  @Test
  void whatIsAbsentIsAskedForAgainInItsTime() {
    Source patient = new Source(8, FrameSource.FOR_EVER);
    Source hasty = new Source(8, 0);
    for (Source source : List.of(patient, hasty)) {
      source.absent.add(0L);
      PhysicalMemory memory = new PhysicalMemory(source);
      assertThat(memory.isPresent(0)).isFalse();
      source.absent.clear();
      assertThat(memory.isPresent(0)).isEqualTo(source == hasty);
    }
    assertThat(patient.retries).isZero();
    assertThat(hasty.retries).isPositive();
  }

  @Test
  void aVisitorHearsOfWhatHasComeBack() {
    Source source = new Source(8, 0);
    source.absent.add(0L);
    PhysicalMemory memory = new PhysicalMemory(source);
    List<Long> seen = new ArrayList<>();
    memory.forEachExtent(0, Window.SIZE, (address, bytes) -> seen.add(address));
    source.absent.clear();
    memory.forEachExtent(0, Window.SIZE, (address, bytes) -> seen.add(address));
    assertThat(seen).containsExactly(0L);
  }

  @Test
  void whatIsLostIsForgotten() {
    Source source = new Source(8, FrameSource.FOR_EVER);
    PhysicalMemory memory = new PhysicalMemory(source);
    memory.readLong(window(1));
    memory.readLong(FAR);
    source.listener.revoked();
    source.absent.add(window(1));
    source.absent.add(FAR);
    assertThatThrownBy(() -> memory.readLong(window(1))).isInstanceOf(MemoryFault.class);
    assertThatThrownBy(() -> memory.readLong(FAR)).isInstanceOf(MemoryFault.class);
  }

  @Test
  void writesGoToTheSourceAndEndThere() {
    Source source = new Source(8, FrameSource.FOR_EVER);
    source.absent.add(0L);
    PhysicalMemory memory = new PhysicalMemory(source);
    memory.writeLong(window(1), 0x0807060504030201L);
    memory.writeInt(window(1) + 4094, 0x0c0b0a09);
    memory.writeShort(window(1) + 2, (short) 0x0e0d);
    memory.writeByte(window(1), (byte) 0x0f);
    assertThat(source.written).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    assertThat(source.closedWrites).isEqualTo(5);
    assertThat(memory.writeAvailable(0, new byte[4], 0, 4)).isZero();
    assertThatThrownBy(() -> memory.writeByte(5, (byte) 1)).hasMessageContaining("0x5: absent");
    assertThatThrownBy(() -> memory.writeAvailable(0, new byte[4], 2, 4))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void anImageIsNotWritten() {
    PhysicalMemory memory = new FakeMemory(window(1), true).putLong(0, 1).open();
    assertThatThrownBy(() -> memory.writeLong(0, 2))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("cannot be written");
    assertThat(memory.readLong(0)).isEqualTo(1);
  }
}
