package org.vmi4j.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

class PhysicalMemoryTest {
  private static final long END = 1L << 43;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void scalarsAreReadWhereTheyAre(boolean stretch) {
    PhysicalMemory memory =
        new FakeMemory(END, stretch)
            .putLong(0x1000, 0x8877_6655_4433_2211L)
            .putLong(0x40_0008, -2)
            .open();
    assertThat(memory.readLong(0x1000)).isEqualTo(0x8877_6655_4433_2211L);
    assertThat(memory.readInt(0x1001)).isEqualTo(0x5544_3322);
    assertThat(memory.readShort(0x1003)).isEqualTo((short) 0x5544);
    assertThat(memory.readByte(0x1007)).isEqualTo((byte) 0x88);
    assertThat(memory.readLong(0x40_0008)).isEqualTo(-2);
    assertThat(memory.entries().readEntry(0x40_0008, 4)).isEqualTo(0xffff_fffeL);
    assertThat(memory.entries().readEntry(0x80_0000, 8)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsCrossWindows(boolean stretch) {
    byte[] bytes = "over the edge".getBytes(StandardCharsets.US_ASCII);
    long at = 2L * Window.SIZE - 5;
    PhysicalMemory memory = new FakeMemory(END, stretch).put(at, bytes).open();
    assertThat(memory.readBytes(at, bytes.length)).isEqualTo(bytes);
    assertThat(memory.readString(at, 100)).isEqualTo("over the edge");
    assertThat(memory.readLong(at))
        .isEqualTo(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    assertThat(memory.readInt(at + 3)).isEqualTo(0x6874_2072);
  }

  @Test
  void aReadSaysHowFarItGot() {
    PhysicalMemory memory = new FakeMemory(END, true).putLong(0x1000, 1).open();
    long start = Window.SIZE - 100;
    assertThat(memory.readAvailable(start, new byte[300], 0, 300)).isEqualTo(100);
    assertThatThrownBy(() -> memory.readBytes(start, 300))
        .isInstanceOfSatisfying(
            MemoryFault.class,
            fault -> {
              assertThat(fault.address()).isEqualTo(Window.SIZE);
              assertThat(fault.completed()).isEqualTo(100);
            })
        .hasMessageContaining("0x200000");
  }

  @Test
  void addressesOutsideMemoryFault() {
    PhysicalMemory memory = new FakeMemory(END, true).putLong(0x1000, 1).open();
    for (long address : new long[] {-1, Long.MIN_VALUE, END, END - 4, 0x200_0000, 1L << 42}) {
      assertThatThrownBy(() -> memory.readLong(address)).isInstanceOf(MemoryFault.class);
      assertThat(memory.isPresent(address)).isFalse();
      assertThat(memory.entries().readEntry(address & -8, 8)).isZero();
    }
  }

  @Test
  void memoryAboveFourTebibytesIsReadToo() {
    long far = (1L << 42) + 0x1238;
    PhysicalMemory memory = new FakeMemory(END, false).putLong(far, 42).open();
    assertThat(memory.readLong(far)).isEqualTo(42);
    assertThat(memory.entries().readEntry(far, 8)).isEqualTo(42);
  }

  @Test
  void holesInAWindowAreHoles() {
    ByteBuffer low = ByteBuffer.allocate(0x1000).put(0, (byte) 7).put(0xfff, (byte) 8);
    ByteBuffer high = ByteBuffer.allocate(0x800).put(0, (byte) 9);
    FrameSource source =
        new FrameSource() {
          @Override
          public long end() {
            return Window.SIZE;
          }

          @Override
          public Window map(long address) {
            return Window.of(
                List.of(new Window.Extent(0x3000, high), new Window.Extent(0x1000, low)));
          }

          @Override
          public String explain(long address) {
            return "a hole";
          }

          @Override
          public void close() {}
        };
    PhysicalMemory memory = new PhysicalMemory(source);
    assertThat(memory.readByte(0x1000)).isEqualTo((byte) 7);
    assertThat(memory.readByte(0x3000)).isEqualTo((byte) 9);
    assertThat(memory.isPresent(0x2000)).isFalse();
    assertThat(memory.isPresent(0x3800)).isFalse();
    assertThatThrownBy(() -> memory.readLong(0x1ffc)).hasMessageContaining("0x2000: a hole");
    List<String> runs = new ArrayList<>();
    memory.forEachExtent(
        0x1800, 0x3400, (at, bytes) -> runs.add(Long.toHexString(at) + "+" + bytes.limit()));
    assertThat(runs).containsExactly("1800+2048", "3000+1024");
  }

  @Test
  void lengthsAreChecked() {
    PhysicalMemory memory = new FakeMemory(END, true).putLong(0, 1).open();
    assertThatThrownBy(() -> memory.readBytes(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> memory.readBytes(0, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> memory.read(0, new byte[8], 4, 8))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aStringWithoutAnEndStops() {
    byte[] text = "x".repeat(5000).getBytes(StandardCharsets.US_ASCII);
    PhysicalMemory memory = new FakeMemory(END, true).put(0, text).open();
    assertThat(memory.readString(0, 1000)).hasSize(1000);
    assertThat(memory.readString(0, 100_000)).hasSize(5000);
    PhysicalMemory edge =
        new FakeMemory(END, true).put(Window.SIZE - 3, new byte[] {'a', 'b', 'c'}).open();
    assertThatThrownBy(() -> edge.readString(Window.SIZE - 3, 100)).isInstanceOf(MemoryFault.class);
  }

  @Test
  void numbersAreReadUnsigned() {
    FakeMemory frames = new FakeMemory(END, true).putLong(0x1000, 0x9abc_def0_f1f2_f3f4L);
    PhysicalMemory memory = frames.open();
    assertThat(memory.readUnsignedByte(0x1000)).isEqualTo(0xf4);
    assertThat(memory.readUnsignedShort(0x1000)).isEqualTo(0xf3f4);
    assertThat(memory.readUnsignedInt(0x1000)).isEqualTo(0xf1f2_f3f4L);
    assertThat(memory.readPointer(0x1000)).isEqualTo(0x9abc_def0_f1f2_f3f4L);
    PhysicalMemory narrow = new PhysicalMemory(frames, 4);
    assertThat(narrow.readPointer(0x1000)).isEqualTo(0xf1f2_f3f4L);
    assertThatThrownBy(() -> new PhysicalMemory(frames, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBufferIsFilledAndSaysHowFar() {
    byte[] bytes = new byte[200_000];
    new java.util.Random(7).nextBytes(bytes);
    long start = Window.SIZE - 150_000;
    PhysicalMemory memory = new FakeMemory(END, true).put(start, bytes).open();
    for (ByteBuffer whole :
        List.of(ByteBuffer.allocate(200_010), ByteBuffer.allocateDirect(200_010))) {
      ByteBuffer buffer = whole.position(4).limit(200_004);
      memory.read(start, buffer);
      assertThat(buffer.position()).isEqualTo(200_004);
      byte[] got = new byte[bytes.length];
      buffer.get(4, got);
      assertThat(got).isEqualTo(bytes);
      assertThat(buffer.limit(200_010).get(200_004)).isZero();
    }
    ByteBuffer over = ByteBuffer.allocate(100);
    assertThatThrownBy(() -> memory.read(2L * Window.SIZE - 60, over))
        .isInstanceOfSatisfying(
            MemoryFault.class, fault -> assertThat(fault.completed()).isEqualTo(60));
    assertThat(over.position()).isEqualTo(60);
  }

  @Test
  void stringsOfUtf16AreRead() {
    String text = "C:\\W\u00efndows\ud83d\ude00" + "\u0100x".repeat(100);
    PhysicalMemory memory =
        new FakeMemory(END, true)
            .put(0x1001, (text + '\0').getBytes(StandardCharsets.UTF_16LE))
            .put(Window.SIZE - 3, new byte[] {'a', 0, 'b'})
            .open();
    assertThat(memory.readUtf16(0x1001, 1000)).isEqualTo(text);
    assertThat(memory.readUtf16(0x1001, 5)).isEqualTo(text.substring(0, 5));
    assertThatThrownBy(() -> memory.readUtf16(Window.SIZE - 3, 10))
        .isInstanceOfSatisfying(
            MemoryFault.class, fault -> assertThat(fault.completed()).isEqualTo(3));
  }

  @Test
  void aVisitThatStopsMapsNothingMore() {
    FakeMemory frames = new FakeMemory(512L * Window.SIZE, false);
    for (int i = 0; i < 512; i += 64) {
      frames.putLong((long) i * Window.SIZE, i);
    }
    List<Long> seen = new ArrayList<>();
    boolean whole =
        frames
            .open()
            .forEachExtent(
                0,
                END,
                (at, bytes) -> {
                  seen.add(bytes.getLong(0));
                  return seen.size() < 2;
                });
    assertThat(whole).isFalse();
    assertThat(seen).containsExactly(0L, 64L);
    assertThat(frames.mapped()).isEqualTo(65);
  }

  @Test
  void closedMemoryIsNotRead() {
    PhysicalMemory memory = new FakeMemory(END, true).putLong(0x1000, 1).open();
    assertThat(memory.readLong(0x1000)).isEqualTo(1);
    memory.close();
    memory.close();
    assertThatThrownBy(() -> memory.readLong(0x1000)).hasMessageContaining("closed");
    assertThatThrownBy(() -> memory.readBytes(0x1000, 8)).hasMessageContaining("closed");
  }

  /** A reader that was mapping a window when memory was closed must not leave it for others. */
  @Test
  void aWindowThatArrivesAfterTheCloseIsNotKept() throws InterruptedException {
    for (int limit : new int[] {4, Integer.MAX_VALUE}) {
      CountDownLatch mapping = new CountDownLatch(1);
      CountDownLatch closed = new CountDownLatch(1);
      PhysicalMemory memory = new PhysicalMemory(new SlowFrames(limit, mapping, closed));
      Thread reader = new Thread(() -> memory.readLong(0x1000));
      reader.start();
      mapping.await();
      memory.close();
      closed.countDown();
      reader.join();
      assertThatThrownBy(() -> memory.readLong(0x1000))
          .isInstanceOf(MemoryFault.class)
          .hasMessageContaining("closed");
    }
  }

  /** Maps a window of zeros when it is told to. */
  private record SlowFrames(int windowLimit, CountDownLatch mapping, CountDownLatch goOn)
      implements FrameSource {
    @Override
    public long end() {
      return Window.SIZE;
    }

    @Override
    public Window map(long address) {
      mapping.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return Window.complete(ByteBuffer.allocate(Window.SIZE));
    }

    @Override
    public String explain(long address) {
      return "slow";
    }

    @Override
    public void close() {}
  }

  @Test
  void closingUnderReadersGivesThemAFaultAndNothingWorse() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      PhysicalMemory memory =
          new FakeMemory(END, round % 2 == 0).putLong(0x1000, 1).putLong(0x40_1000, 1).open();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  while (memory.readLong(0x1000) + memory.readLong(0x40_1000) == 2) {
                    Thread.onSpinWait();
                  }
                } catch (MemoryFault expected) {
                  return;
                } catch (Throwable e) {
                  failure.set(e);
                }
              });
      reader.start();
      Thread.sleep(2);
      memory.close();
      reader.join(10_000);
      assertThat(reader.isAlive()).isFalse();
      assertThat(failure.get()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theHotPathAllocatesNothing(boolean stretch) {
    PhysicalMemory memory =
        new FakeMemory(END, stretch)
            .putLong(0x1000, 0x2067)
            .putLong(0x2000, 0x3067)
            .putLong(0x3000, 0x4067)
            .putLong(0x4000, 0x5067)
            .open();
    AddressSpace space = AddressSpace.of(memory, PagingMode.X86_64, 0x1000);
    byte[] page = new byte[4096];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      long sum = 0;
      for (int i = 0; i < 50_000; i++) {
        sum += space.lookup(i & 0xff8) + space.readLong(i & 0xff8) + memory.readInt(i & 0xffc);
        sum += space.lookup(0x1_0000) + space.readAvailable(0, page, 0, 64) + space.readByte(5);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before + (sum & 0));
    }
    assertThat(least).isLessThan(1000);
  }
}
