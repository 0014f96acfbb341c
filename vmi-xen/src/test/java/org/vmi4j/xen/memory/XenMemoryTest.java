package org.vmi4j.xen.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.lib.Errno;

/** Maps, reads, writes and loses the memory of a domain. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XenMemoryTest {
  private static final int ID = 5;
  private static final int PAGE = 4096;
  private static final int PAGES = 32 * Window.SIZE / PAGE;
  private static final long HOLE_END = 0xfefffL;
  private static final String URI = "xen:guest";

  @TempDir private Path folder;
  private FakeXen xen;
  private Path file;

  /** A guest of 64 MiB whose pages begin with their own address. */
  @BeforeEach
  void start() throws IOException, InterruptedException {
    file = folder.resolve("guest-memory");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
      for (long address = 0; address < (long) PAGES * PAGE; address += PAGE) {
        page.clear().putLong(0, address);
        channel.write(page, address);
      }
    }
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(ID, "guest", file, HOLE_END);
  }

  /** How many mappings of the guest's memory this process has. */
  private long mappings() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.endsWith(file.toString())).count();
    }
  }

  private static int descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count();
    }
  }

  private void assertLetGo() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (mappings() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertThat(mappings()).isZero();
  }

  @Test
  void readsAreOfTheGuestsOwnPages() throws IOException {
    try (Vm vm = xen.open(URI)) {
      assertThat(vm.physicalMemory().readLong(0x123000)).isEqualTo(0x123000);
      try (FileChannel guest = FileChannel.open(file, StandardOpenOption.WRITE)) {
        guest.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 0x123000);
      }
      assertThat(vm.physicalMemory().readInt(0x123000)).isEqualTo(0x04030201);
    }
  }

  @Test
  void whatIsNotThereIsKnownPageByPage() {
    xen.balloonOut(ID, 0x203, 0x204);
    xen.balloonOut(ID, 0x210, 0x210);
    try (Vm vm = xen.open(URI)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(memory.readLong(0x202000)).isEqualTo(0x202000);
      assertThat(memory.isPresent(0x203000)).isFalse();
      assertThat(memory.isPresent(0x204fff)).isFalse();
      assertThat(memory.readLong(0x205000)).isEqualTo(0x205000);
      assertThat(memory.readAvailable(0x20_ff00, new byte[512], 0, 512)).isEqualTo(256);
      assertThatThrownBy(() -> memory.readLong(0x203008))
          .isInstanceOf(MemoryFault.class)
          .hasMessageContaining("0x203008: the domain guest (5) has no page there");
      assertThatThrownBy(() -> memory.readLong(0xf000_0000L)).isInstanceOf(MemoryFault.class);
      assertThat(memory.size()).as("what the hypervisor counts").isEqualTo(PAGES * (long) PAGE);
      assertThatThrownBy(() -> memory.readLong(HOLE_END * PAGE + PAGE))
          .hasMessageContaining("physical memory ends at 0xff000000");
    }
  }

  @Test
  void pagesThatComeBackAreSeen() throws InterruptedException {
    xen.balloonOut(ID, 0x203, 0x204);
    xen.balloonOut(ID, 0x400, 0x5ff);
    try (Vm vm = xen.open(URI)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(memory.isPresent(0x203000)).isFalse();
      assertThat(memory.isPresent(0x400000)).isFalse();
      long calls = xen.mapCalls();
      for (int i = 0; i < 10_000; i++) {
        assertThat(memory.isPresent(0x203000) || memory.isPresent(0x400000)).isFalse();
      }
      assertThat(xen.mapCalls() - calls).as("calls to ask again").isLessThan(20);
      xen.balloonIn(ID, 0x203, 0x204);
      xen.balloonIn(ID, 0x400, 0x5ff);
      Thread.sleep(1100);
      assertThat(memory.readLong(0x203000)).isEqualTo(0x203000);
      assertThat(memory.readLong(0x400000)).isEqualTo(0x400000);
    }
  }

  @Test
  void aVisitOfAllMemorySkipsTheHole() {
    xen.balloonOut(ID, 0x600, 0x9ff);
    xen.balloonOut(ID, 0xa00, 0xafe);
    try (Vm vm = xen.open(URI)) {
      List<Long> seen = new ArrayList<>();
      long calls = xen.mapCalls();
      vm.physicalMemory()
          .forEachExtent(
              0,
              vm.physicalMemory().end(),
              (address, bytes) -> {
                for (int i = 0; i < bytes.limit(); i += PAGE) {
                  assertThat(bytes.getLong(i)).isEqualTo(address + i);
                  seen.add(address + i);
                }
                return true;
              });
      assertThat(seen).hasSize(PAGES - 0x400 - 0xff).doesNotHaveDuplicates();
      assertThat(xen.mapCalls() - calls).isLessThan(130);
    }
  }

  @Test
  void aCallThatIsInterruptedIsMadeAgain() {
    try (Vm vm = xen.open(URI)) {
      xen.fail("xenforeignmemory_map", Errno.EINTR, 3);
      assertThat(vm.physicalMemory().readLong(0x1000)).isEqualTo(0x1000);
      xen.fail("xenforeignmemory_map", Errno.EAGAIN, 3);
      assertThat(vm.physicalMemory().readLong(0x20_1000)).isEqualTo(0x20_1000);
      xen.fail("xenforeignmemory_map", Errno.EAGAIN, Integer.MAX_VALUE);
      assertThatThrownBy(() -> vm.physicalMemory().readLong(0x40_1000))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("cannot map memory of the domain guest (5): EAGAIN");
      xen.fail("xenforeignmemory_map", Errno.ENOMEM, 1);
      assertThatThrownBy(() -> vm.physicalMemory().readLong(0x40_1000))
          .hasMessageContaining("vm.max_map_count");
      assertThat(vm.physicalMemory().readLong(0x40_1000)).isEqualTo(0x40_1000);
    }
  }

  @Test
  void writesReachTheGuest() throws IOException {
    xen.balloonOut(ID, 0x203, 0x203);
    try (Vm vm = xen.open(URI)) {
      PhysicalMemory memory = vm.physicalMemory();
      memory.writeLong(0x1008, 0x1122_3344_5566_7788L);
      memory.writeInt(0x1010, 0x99aa_bbcc);
      memory.writeShort(0x1014, (short) 0x1234);
      memory.writeByte(0x1016, (byte) 0x56);
      assertThat(memory.readLong(0x1008)).isEqualTo(0x1122_3344_5566_7788L);
      byte[] across = new byte[3 * PAGE];
      new Random(1).nextBytes(across);
      memory.write(Window.SIZE - 5000, across);
      assertThat(memory.readBytes(Window.SIZE - 5000, across.length)).isEqualTo(across);
      byte[] bytes = Files.readAllBytes(file);
      assertThat(HexFormat.of().formatHex(bytes, 0x1008, 0x1017))
          .isEqualTo("8877665544332211ccbbaa99341256");
      assertThat(Arrays.copyOfRange(bytes, Window.SIZE - 5000, Window.SIZE - 5000 + across.length))
          .isEqualTo(across);
      assertThat(memory.writeAvailable(0x20_2ff0, new byte[64], 0, 64)).isEqualTo(16);
      assertThatThrownBy(() -> memory.write(0x20_2ff0, new byte[64]))
          .isInstanceOfSatisfying(
              MemoryFault.class,
              fault -> {
                assertThat(fault.completed()).isEqualTo(16);
                assertThat(fault.address()).isEqualTo(0x20_3000);
              });
      assertThat(writableMappings()).isZero();
    }
  }

  @Test
  void onX86XenIsToldOfThePagesThatWereWritten() {
    assumeFalse(System.getProperty("os.arch").equals("aarch64"));
    long before = xen.reported();
    try (Vm vm = xen.open(URI)) {
      vm.physicalMemory().readLong(0x1000);
      assertThat(xen.reported() - before).isZero();
      vm.physicalMemory().writeLong(0x1000, 1);
      vm.physicalMemory().write(Window.SIZE - 5000, new byte[3 * PAGE]);
    }
    assertThat(xen.reported() - before).isEqualTo(1 + 4);
    assertThat(xen.handles()).isZero();
  }

  @Test
  void aWriteThatXenCannotBeToldOfIsDone() {
    try (Vm vm = xen.open(URI)) {
      xen.fail("xendevicemodel_modified_memory", Errno.EPERM, 1);
      vm.physicalMemory().writeLong(0x1000, 2);
      assertThat(vm.physicalMemory().readLong(0x1000)).isEqualTo(2);
    }
    try (Vm vm = xen.open(URI)) {
      xen.fail("xendevicemodel_open", Errno.EACCES, 1);
      vm.physicalMemory().writeLong(0x1000, 3);
      assertThat(vm.physicalMemory().readLong(0x1000)).isEqualTo(3);
    }
  }

  @Test
  void onArmTheCachesAreWrittenBackOverWhatWasWritten() {
    String architecture = System.getProperty("os.arch");
    try (Vm vm = xen.open(URI)) {
      vm.physicalMemory().writeLong(0x1000, 1);
      assertThat(xen.flushed()).isEqualTo(architecture.equals("aarch64") ? 1 : 0);
      System.setProperty("os.arch", "aarch64");
      long before = xen.flushed();
      vm.physicalMemory().write(0x1ff0, new byte[32]);
      assertThat(xen.flushed() - before).isEqualTo(2);
    } finally {
      System.setProperty("os.arch", architecture);
    }
  }

  private long writableMappings() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.endsWith(file.toString()) && line.contains(" rw-s ")).count();
    }
  }

  @Test
  void aDomainThatEndsUnderReadersIsLetGoAtOnce() throws Exception {
    try (Vm vm = xen.open(URI)) {
      PhysicalMemory memory = vm.physicalMemory();
      Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
      AtomicLong reads = new AtomicLong();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        readers.add(new Thread(() -> readUntilItEnds(memory, seed, reads, ends)));
      }
      readers.forEach(Thread::start);
      while (reads.get() < 1_000_000) {
        Thread.sleep(1);
      }
      xen.destroy(ID, false);
      for (Thread reader : readers) {
        reader.join(20_000);
        assertThat(reader.isAlive()).isFalse();
      }
      assertThat(ends)
          .hasSize(4)
          .allSatisfy(end -> assertThat(end).isInstanceOf(VmGoneException.class));
      // The pages are let go, though the machine is still open and its buffers are in use.
      assertLetGo();
      assertThatThrownBy(() -> memory.readLong(0x1000))
          .isInstanceOf(VmGoneException.class)
          .hasMessageContaining("the domain guest (5) is gone");
      assertThatThrownBy(() -> memory.writeLong(0x1000, 1)).isInstanceOf(VmGoneException.class);
      assertThatThrownBy(() -> memory.forEachExtent(0, 0x1000, (address, bytes) -> true))
          .isInstanceOf(VmGoneException.class);
    }
    assertThat(xen.handles()).isZero();
  }

  /**
   * Reads numbers and whole pages; a value that is not the page's own is an error. The fault of a
   * page that is lost can come a little late, as an InternalError: the next read then says why.
   */
  private static void readUntilItEnds(
      PhysicalMemory memory, int seed, AtomicLong reads, Queue<Throwable> ends) {
    Random random = new Random(seed);
    byte[] page = new byte[PAGE];
    int late = 0;
    while (true) {
      long address = (long) random.nextInt(PAGES) * PAGE;
      try {
        long value =
            random.nextInt(16) == 0
                ? ByteBuffer.wrap(readPage(memory, address, page))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong()
                : memory.readLong(address);
        if (value != address) {
          late++;
        }
        reads.incrementAndGet();
      } catch (InternalError e) {
        late++;
      } catch (VmiException e) {
        ends.add(e);
        return;
      }
      if (late > 3) {
        ends.add(new AssertionError("wrong values went on"));
        return;
      }
    }
  }

  private static byte[] readPage(PhysicalMemory memory, long address, byte[] page) {
    memory.read(address, page, 0, PAGE);
    return page;
  }

  @Test
  void aDomainThatIsGoneWithoutATraceIsNoticedWithoutXenstoreToo() throws Exception {
    xen.fail("xs_watch", 13, Integer.MAX_VALUE);
    try (Vm vm = xen.open(URI)) {
      assertThat(vm.physicalMemory().readLong(0x1000)).isEqualTo(0x1000);
      xen.destroy(ID, true);
      assertLetGo();
      assertThatThrownBy(() -> vm.physicalMemory().readLong(0x1000))
          .isInstanceOf(VmGoneException.class);
    }
  }

  @Test
  void aDomainThatIsGoneIsNoticedByTheNextMapping() {
    xen.fail("xs_watch", 13, Integer.MAX_VALUE);
    try (Vm vm = xen.open(URI)) {
      xen.destroy(ID, false);
      assertThatThrownBy(() -> vm.physicalMemory().readLong(0x1000))
          .isInstanceOf(VmGoneException.class);
    }
  }

  @Test
  void theBoundOnWindowsBreaksNoReader() throws Exception {
    int bound = WindowBudget.LEAST;
    int kept = new WindowBudget(bound).kept();
    try (Vm vm = xen.open(URI + "?windows=" + bound)) {
      PhysicalMemory memory = vm.physicalMemory();
      xen.mostMapped();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        readers.add(
            new Thread(
                () -> {
                  try {
                    readWell(memory, seed);
                  } catch (Throwable e) {
                    failures.add(e);
                  }
                }));
      }
      readers.forEach(Thread::start);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(failures).isEmpty();
      long most = xen.mostMapped();
      // Of each reader one more may be on its way to be admitted.
      assertThat(most).isGreaterThan(kept).isLessThanOrEqualTo(bound + 4);
      System.gc();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (mappings() > kept && System.nanoTime() < deadline) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(mappings()).isLessThanOrEqualTo(kept);
    }
  }

  private static void readWell(PhysicalMemory memory, int seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      long base = (long) random.nextInt(PAGES / 512) * Window.SIZE;
      for (int j = 0; j < 64; j++) {
        long address = base + (long) random.nextInt(512) * PAGE;
        if (memory.readLong(address) != address) {
          throw new AssertionError("another page at 0x" + Long.toHexString(address));
        }
      }
    }
  }

  @Test
  void whatIsUsedOftenStaysMapped() {
    try (Vm vm = xen.open(URI + "?windows=" + WindowBudget.LEAST)) {
      PhysicalMemory memory = vm.physicalMemory();
      long calls = xen.mapCalls();
      int others = 0;
      for (int round = 0; round < 200; round++) {
        assertThat(memory.readLong(0x5000)).isEqualTo(0x5000);
        if (round % 10 == 0) {
          long address = (1 + others++ % 30) * (long) Window.SIZE;
          assertThat(memory.readLong(address)).isEqualTo(address);
        }
      }
      assertThat((double) xen.mapCalls() - calls).isCloseTo(1 + others, within(1.0));
    }
  }

  @Test
  void openingAndClosingLeavesNothing() throws Exception {
    openReadAndClose();
    int before = descriptors();
    int cycles = 200;
    for (int i = 0; i < cycles; i++) {
      openReadAndClose();
    }
    assertThat(xen.handles()).isZero();
    assertThat(mappings()).isZero();
    // The JVM may open a file of its own meanwhile, but not one a cycle.
    assertThat(descriptors()).isLessThan(before + cycles / 10);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (placeholders() > 0 && System.nanoTime() < deadline) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(placeholders()).isZero();
  }

  private void openReadAndClose() {
    try (Vm vm = xen.open(URI)) {
      assertThat(vm.physicalMemory().readLong(0x7000)).isEqualTo(0x7000);
      assertThat(vm.physicalMemory().readLong(0x40_7000)).isEqualTo(0x40_7000);
    }
  }

  private static long placeholders() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("memfd:vmi4j-gone")).count();
    }
  }

  @Test
  void aMachineThatIsClosedIsNotRead() {
    Vm vm = xen.open(URI);
    assertThat(vm.physicalMemory().readLong(0x7000)).isEqualTo(0x7000);
    vm.close();
    vm.close();
    assertThatThrownBy(() -> vm.physicalMemory().readLong(0x7000)).hasMessageContaining("closed");
    assertThatThrownBy(() -> vm.physicalMemory().writeLong(0x7000, 1))
        .hasMessageContaining("closed");
  }
}
