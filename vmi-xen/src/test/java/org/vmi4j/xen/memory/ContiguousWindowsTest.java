package org.vmi4j.xen.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.lib.Errno;

/** Complete windows lie side by side, as one buffer; everything else is mapped apart. */
class ContiguousWindowsTest {
  private static final int ID = 7;
  private static final int WINDOWS = 10;
  private static final long LAST_FRAME = WINDOWS * Window.SIZE / ForeignMemory.PAGE - 1;
  private static final String URI = "xen:guest";

  @TempDir private Path folder;
  private Path file;

  /** A guest of ten windows, in which every eight bytes are their own address. */
  @BeforeEach
  void makeMemory() throws IOException {
    file = folder.resolve("guest-memory");
    ByteBuffer bytes = ByteBuffer.allocate(WINDOWS * Window.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putLong(bytes.position());
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(bytes.flip());
    }
  }

  private FakeXen xen(int minor) throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder.resolve("xen-" + minor), 4, minor);
    xen.domain(ID, "guest", file, LAST_FRAME);
    return xen;
  }

  /** The sizes of what is mapped of the guest in one piece. */
  private List<Long> mappings() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.endsWith(file.toString()))
          .map(line -> line.split("[- ]", 3))
          .map(ends -> Long.parseLong(ends[1], 16) - Long.parseLong(ends[0], 16))
          .toList();
    }
  }

  private static void readAll(PhysicalMemory memory) {
    for (long address = 0; address < memory.end(); address += 4096) {
      assertThat(memory.readLong(address)).isEqualTo(address);
      assertThat(memory.entries().readEntry(address + 8, 8)).isEqualTo(address + 8);
    }
  }

  @Test
  void allMemoryIsOneStretchWhenItWasRead() throws Exception {
    try (Vm vm = xen(17).open(URI)) {
      readAll(vm.physicalMemory());
      assertThat(mappings()).anyMatch(size -> size >= WINDOWS * Window.SIZE);
      byte[] bytes = new byte[3 * Window.SIZE];
      assertThat(vm.physicalMemory().readAvailable(Window.SIZE - 8, bytes, 0, bytes.length))
          .isEqualTo(bytes.length);
      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8))
          .isEqualTo(Window.SIZE);
    }
  }

  /** The next window is not mapped yet, or lies elsewhere. */
  @Test
  void aNumberOnTheEdgeOfAWindowIsRead() throws Exception {
    try (Vm vm = xen(17).open(URI)) {
      long edge = 2L * Window.SIZE - 4;
      assertThat(vm.physicalMemory().readInt(edge)).isZero();
      assertThat(vm.physicalMemory().readLong(edge)).isEqualTo(2L * Window.SIZE << 32);
      assertThat(vm.physicalMemory().readShort(edge + 3)).isZero();
    }
  }

  @Test
  void aWindowWithAHoleIsMappedApart() throws Exception {
    FakeXen xen = xen(17);
    xen.balloonOut(ID, 0x280, 0x281);
    try (Vm vm = xen.open(URI)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(memory.readLong(0x27_f000)).isEqualTo(0x27_f000);
      assertThatThrownBy(() -> memory.readLong(0x28_0000)).isInstanceOf(MemoryFault.class);
      assertThat(memory.entries().readEntry(0x28_0000, 8)).isZero();
      assertThat(memory.readLong(0x28_2000)).isEqualTo(0x28_2000);
      assertThat(memory.readLong(0x1f_f000)).isEqualTo(0x1f_f000);
    }
  }

  /** Xen 4.8 cannot map at a place, and a later one may fail to: its place is not touched again. */
  @Test
  void withoutAPlaceAWindowIsMappedElsewhere() throws Exception {
    try (Vm vm = xen(8).open(URI)) {
      readAll(vm.physicalMemory());
      assertThat(mappings()).isNotEmpty().allMatch(size -> size <= Window.SIZE);
    }
    FakeXen xen = xen(17);
    try (Vm vm = xen.open(URI)) {
      xen.fail("xenforeignmemory_map2", Errno.ENOMEM, 1);
      readAll(vm.physicalMemory());
      readAll(vm.physicalMemory());
    }
    assertThat(mappings()).isEmpty();
  }

  @Test
  void aDomainThatEndsTakesItsStretchAway() throws Exception {
    FakeXen xen = xen(17);
    try (Vm vm = xen.open(URI)) {
      readAll(vm.physicalMemory());
      xen.destroy(ID, false);
      for (int i = 0; i < 500 && !mappings().isEmpty(); i++) {
        Thread.sleep(10);
      }
      assertThat(mappings()).isEmpty();
      assertThatThrownBy(() -> vm.physicalMemory().readLong(0x1000))
          .isInstanceOf(VmGoneException.class);
    }
  }

  @Test
  void fewWindowsLeaveNoRoomForAStretch() throws Exception {
    try (Vm vm = xen(17).open(URI + "?windows=" + WindowBudget.LEAST)) {
      readAll(vm.physicalMemory());
      assertThat(mappings()).isNotEmpty().allMatch(size -> size <= Window.SIZE);
    }
  }
}
