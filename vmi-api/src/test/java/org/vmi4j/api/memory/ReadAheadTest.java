package org.vmi4j.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.Window;

/** Ranges that are read ahead, beside what the memory itself says. */
class ReadAheadTest {
  private static final long ROOT = 0x1000;
  private static final long DATA = 0x5000;
  private static final long OTHER = 0x9000;

  private final FakeMemory guest = new FakeMemory(16L * Window.SIZE, true);
  private final AddressSpace space =
      AddressSpace.of(
          guest
              .putLong(ROOT, 0x2000 | 3)
              .putLong(0x2000, 0x3000 | 3)
              .putLong(0x3000, 0x4000 | 3)
              .putLong(0x4000, DATA | 3)
              .putLong(0x4008, OTHER | 3)
              .putLong(DATA, 0x8877_6655_4433_2211L)
              .putLong(DATA + 0xff8, 0x0807_0605_0403_0201L)
              .putLong(OTHER, 0x1817_1615_1413_1211L)
              .putLong(OTHER + 0xff8, 0x2827_2625_2423_2221L)
              .open(),
          PagingMode.X86_64,
          ROOT);
  private final ReadAhead ahead = new ReadAhead(space);

  @Test
  void whatWasFetchedAnswers() {
    ahead.add(0, 16).add(0xff8, 16).fetch();
    guest.putLong(DATA, 0).putLong(DATA + 0xff8, 0).putLong(OTHER, 0);

    assertThat(ahead.readLong(0)).isEqualTo(0x8877_6655_4433_2211L);
    assertThat(ahead.readInt(0xffc)).isEqualTo(0x0807_0605);
    assertThat(ahead.readShort(3)).isEqualTo((short) 0x5544);
    assertThat(ahead.readByte(0x1007)).isEqualTo((byte) 0x18);
    assertThat(ahead.readPointer(0xffc)).isEqualTo(0x1413_1211_0807_0605L);
    assertThat(ahead.readBytes(0xffe, 4)).containsExactly(7, 8, 0x11, 0x12);
    assertThat(space.readLong(0)).isZero();
  }

  @Test
  void whatWasNotFetchedIsReadNow() {
    ahead.add(8, 8).fetch();
    guest.putLong(DATA, 5).putLong(DATA + 8, 6);

    assertThat(ahead.readLong(0)).isEqualTo(5);
    assertThat(ahead.readLong(4)).isEqualTo(6L << 32);
    assertThat(ahead.readLong(8)).isZero();
    assertThat(ahead.readLong(12)).isZero();
    assertThat(ahead.has(8, 8)).isTrue();
    assertThat(ahead.has(7, 1)).isFalse();
    assertThat(ahead.has(12, 8)).isFalse();
    assertThat(ahead.has(-8, 8)).isFalse();
    assertThat(ahead.clear().readLong(8)).isEqualTo(6);
    assertThat(ahead.add(0, 8).readLong(0)).isEqualTo(5);
  }

  @Test
  void aFaultIsThatOfASingleRead() {
    ahead.add(0x1ff0, 64).add(0x7000, 8).fetch();

    assertThat(ahead.readLong(0x1ff8)).isEqualTo(0x2827_2625_2423_2221L);
    assertThat(ahead.has(0x1ffc, 8)).isFalse();
    for (long address : new long[] {0x1ffc, 0x2000, 0x2010, 0x7000}) {
      MemoryFault single = fault(space, address);
      assertThat(fault(ahead, address))
          .hasSameClassAs(single)
          .hasMessage(single.getMessage())
          .returns(single.address(), MemoryFault::address)
          .returns(single.completed(), MemoryFault::completed);
    }
    assertThatThrownBy(() -> ahead.readBytes(0x1ffc, 8))
        .hasMessage(fault(space, 0x1ffc).getMessage());
  }

  private static MemoryFault fault(Memory memory, long address) {
    try {
      throw new AssertionError("read " + memory.readLong(address));
    } catch (MemoryFault fault) {
      return fault;
    }
  }

  @Test
  void memoryThatComesLaterIsRead() {
    ahead.add(0x2000, 8).fetch();
    guest.putLong(0x4010, OTHER | 3);

    assertThat(ahead.readLong(0x2000)).isEqualTo(0x1817_1615_1413_1211L);
  }
}
