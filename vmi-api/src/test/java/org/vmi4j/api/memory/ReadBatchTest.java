package org.vmi4j.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.Window;

/** Reads that are asked for together, of physical memory and of an address space. */
class ReadBatchTest {
  private static final long ROOT = 0x1000;
  private static final long DATA = 0x5000;
  private static final long OTHER = 0x9000;
  private static final long ABSENT = 8L * Window.SIZE;

  private final PhysicalMemory memory =
      new FakeMemory(16L * Window.SIZE, true)
          .putLong(ROOT, 0x2000 | 3)
          .putLong(0x2000, 0x3000 | 3)
          .putLong(0x3000, 0x4000 | 3)
          .putLong(0x4000, DATA | 3)
          .putLong(0x4008, OTHER | 3)
          .putLong(0x4018, ABSENT | 3)
          .putLong(DATA, 0x8877_6655_4433_2211L)
          .putLong(DATA + 0xff8, 0x0807_0605_0403_0201L)
          .putLong(OTHER, 0x1817_1615_1413_1211L)
          .open();
  private final AddressSpace space = AddressSpace.of(memory, PagingMode.X86_64, ROOT);
  private final ReadBatch batch = new ReadBatch();

  @Test
  void eachReadHasItsOwnAnswer() {
    assertThat(batch.add(0, Byte.BYTES)).isZero();
    assertThat(batch.add(0x2000, Long.BYTES)).isEqualTo(1);
    batch.add(0, Short.BYTES);
    batch.add(0x3000, Long.BYTES);
    batch.add(0, Integer.BYTES);
    batch.add(0, Long.BYTES);
    batch.add(3, Integer.BYTES);
    space.read(batch);

    assertThat(batch.value(0)).isEqualTo(0x11);
    assertThat(batch.succeeded(1)).isFalse();
    assertThat(batch.completed(1)).isZero();
    assertThat(batch.value(2)).isEqualTo(0x2211);
    assertThat(batch.succeeded(3)).isFalse();
    assertThat(batch.value(4)).isEqualTo(0x4433_2211);
    assertThat(batch.value(5)).isEqualTo(0x8877_6655_4433_2211L);
    assertThat(batch.value(6)).isEqualTo(0x7766_5544);
  }

  @Test
  void aFaultIsThatOfASingleRead() {
    batch.add(0x1ffc, Long.BYTES);
    batch.add(0x3000, 1);
    batch.add(0, 1);
    space.read(batch);

    assertThat(batch.completed(0)).isEqualTo(4);
    MemoryFault fault = batch.fault(0).orElseThrow();
    assertThat(fault.address()).isEqualTo(0x2000);
    assertThat(fault.completed()).isEqualTo(4);
    assertThatThrownBy(() -> batch.value(0))
        .isInstanceOf(MemoryFault.class)
        .hasMessage(fault.getMessage());
    assertThatThrownBy(() -> space.readBytes(0x1ffc, 8)).hasMessage(fault.getMessage());
    assertThat(batch.fault(1).orElseThrow())
        .hasMessageContaining("where the machine has no memory");
    assertThat(batch.fault(2)).isEmpty();
  }

  @Test
  void readsCrossPages() {
    int eight = batch.add(0xffc, Long.BYTES);
    int block = batch.add(0xff8, 16);
    space.read(batch);

    assertThat(batch.value(eight)).isEqualTo(0x1413_1211_0807_0605L);
    assertThat(Arrays.copyOfRange(batch.bytes(), batch.offset(block), batch.offset(block) + 16))
        .isEqualTo(space.readBytes(0xff8, 16));
  }

  @Test
  void nothingIsReadOfNothing() {
    batch.add(0x2000, 0);
    batch.add(0, 1);
    batch.add(-1, 0);
    space.read(batch);

    assertThat(batch.succeeded(0)).isTrue();
    assertThat(batch.value(1)).isEqualTo(0x11);
    assertThat(batch.succeeded(2)).isTrue();
  }

  @Test
  void physicalMemoryAnswersToo() {
    batch.add(DATA, Long.BYTES);
    batch.add(ABSENT, Long.BYTES);
    batch.add(memory.end(), 1);
    batch.add(Window.SIZE - 4, Long.BYTES);
    memory.read(batch);

    assertThat(batch.value(0)).isEqualTo(0x8877_6655_4433_2211L);
    assertThat(batch.fault(1).orElseThrow().address()).isEqualTo(ABSENT);
    assertThat(batch.fault(2).orElseThrow()).hasMessageContaining("physical memory ends");
    assertThat(batch.completed(3)).isEqualTo(4);
  }

  @Test
  void aClosedMachineFailsEveryRead() {
    batch.add(DATA, Long.BYTES);
    batch.add(OTHER, Long.BYTES);
    memory.close();
    memory.read(batch);

    assertThat(batch.fault(0).orElseThrow()).hasMessageContaining("closed");
    assertThat(batch.succeeded(1)).isFalse();
  }

  @Test
  void aClearedBatchIsEmpty() {
    batch.add(0, 1);
    space.read(batch);
    batch.clear();

    assertThat(batch.count()).isZero();
    batch.add(1, 1);
    assertThatIllegalStateException().isThrownBy(() -> batch.value(0));
    assertThat(batch.address(0)).isEqualTo(1);
    assertThat(batch.offset(0)).isZero();
    assertThatThrownBy(() -> batch.length(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void lengthsAreLimited() {
    batch.add(0, 3);
    space.read(batch);

    assertThatIllegalArgumentException().isThrownBy(() -> batch.value(0));
    assertThatIllegalArgumentException().isThrownBy(() -> batch.add(0, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> batch.add(0, (1 << 30) - 2));
    assertThat(batch.count()).isEqualTo(1);
  }

  @Test
  void aBatchThatHasGrownAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    long sum = 0;
    for (int round = 0; round < 5; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 100; i++) {
        sum += readMany();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(sum).isPositive();
    assertThat(least).isLessThan(1000);
  }

  /** Reads 200 numbers, half of which are missing. */
  private long readMany() {
    batch.clear();
    for (int i = 0; i < 100; i++) {
      batch.add(i, Long.BYTES);
      batch.add(0x2000 + i, Long.BYTES);
    }
    space.read(batch);
    long sum = 0;
    for (int i = 0; i < 200; i++) {
      sum += batch.succeeded(i) ? batch.value(i) & 0xff : 0;
    }
    return sum;
  }
}
