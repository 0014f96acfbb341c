package org.vmi4j.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.dump.MachineCore;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.testkit.MockVm;

/** What is dumped is what is opened: cores that we write, read by us and by binutils. */
class DumpRoundTripTest {
  private static final Path GUEST = Path.of("..", "lab", "guest", "bundled", "debian12-amd64");
  private static final int PAGE = TestImages.PAGE;

  @TempDir Path folder;

  @BeforeEach
  void ownCache() {
    System.setProperty("vmi4j.cache", folder.resolve("cache").toString());
  }

  @AfterEach
  void usualCache() {
    System.clearProperty("vmi4j.cache");
  }

  private Path dump(Vm vm, ElfNote... notes) {
    Path file = folder.resolve("dump.elf");
    MachineCore core = MachineCore.of(vm, List.of(notes), Progress.NONE);
    assertThat(core.write(file, true, Progress.NONE)).isEqualTo(core.bytes());
    return file;
  }

  private static List<RegisterValues> registers(Vm vm) {
    return vm.require(Vcpus.class).registers();
  }

  @Test
  void theBundledGuestComesBackPageByPage() throws Exception {
    try (Vm vm = Vmi.open("file:" + GUEST.resolve("memory.elf.xz"))) {
      Path file =
          dump(vm, new ElfNote("VMCOREINFO", 0, ByteBuffer.wrap("A=1\n".getBytes(US_ASCII))));
      try (Vm copy = Vmi.open("file:" + file)) {
        assertThat(copy.architecture()).isEqualTo(vm.architecture());
        assertThat(registers(copy)).isEqualTo(registers(vm));
        assertThat(copy.physicalMemory().end()).isEqualTo(vm.physicalMemory().end());
        byte[] page = new byte[PAGE];
        byte[] other = new byte[PAGE];
        for (long at = 0; at < vm.physicalMemory().end(); at += PAGE) {
          int length = vm.physicalMemory().readAvailable(at, page, 0, PAGE);
          assertThat(copy.physicalMemory().readAvailable(at, other, 0, PAGE)).isEqualTo(length);
          if (length > 0) {
            assertThat(other).isEqualTo(page);
          }
        }
      }
      String shown = readelf(file);
      assertThat(shown).contains("CORE (Core file)", "VMCOREINFO").doesNotContain("arning", "rror");
      assertThat(shown.lines().filter(line -> line.contains("NT_PRSTATUS"))).hasSize(2);
      assertThat(shown.lines().filter(line -> line.startsWith("  LOAD"))).hasSize(2);
    }
  }

  private static String readelf(Path file) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("readelf", "-hlnW", file.toString()).redirectErrorStream(true).start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as("CI needs readelf of binutils").isNotEqualTo("true");
      assumeTrue(false, "there is no readelf");
      throw e;
    }
    String shown = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).isZero();
    return shown;
  }

  /** QEMU's note has no EFER, its dump of an AArch64 guest no TTBR: ours has what there is. */
  @Test
  void everyRegisterOfEveryArchitectureComesBack() throws Exception {
    for (Architecture architecture : Architecture.values()) {
      List<RegisterValues> vcpus = new ArrayList<>();
      for (long cpu = 0; cpu < 3; cpu++) {
        RegisterValues values = new RegisterValues(architecture);
        for (Register register : Register.of(architecture)) {
          long value = -1 - register.index() - cpu;
          values.set(register, value >>> Long.SIZE - register.bits());
        }
        vcpus.add(values);
      }
      try (Vm vm = machine(architecture, vcpus);
          Vm copy = Vmi.open("file:" + dump(vm))) {
        assertThat(copy.architecture()).contains(architecture);
        assertThat(registers(copy)).isEqualTo(registers(vm));
      }
    }
  }

  /** Who does not read our note finds the same in those of Linux and QEMU. */
  @Test
  void theNotesOfOthersSayTheSame() throws Exception {
    RegisterValues x86 = new RegisterValues(Architecture.X86_64);
    x86.set(X86.RIP, 0x1234L).set(X86.R15, 5L).set(X86.CR3, 0x5000L).set(X86.GDTR_BASE, -4096L);
    assertKnown(x86.set(X86.GS, 0x2bL));
    x86 = new RegisterValues(Architecture.X86);
    assertKnown(x86.set(X86.RIP, 0x1234L).set(X86.CR3, 0x5000L));
    RegisterValues arm64 = new RegisterValues(Architecture.AARCH64);
    arm64.set(Arm64.PC, 0x1234L).set(Arm64.X7, 7L).set(Arm64.SP, -1L);
    assertKnown(arm64.set(Arm64.PSTATE, 5L));
    RegisterValues arm = new RegisterValues(Architecture.ARM);
    assertKnown(arm.set(Arm.PC, 0x1234L).set(Arm.R7, 7L).set(Arm.SP, 8L).set(Arm.CPSR, 0x13L));
  }

  private void assertKnown(RegisterValues values) throws IOException {
    try (Vm vm = machine(values.architecture(), List.of(values))) {
      Path file = dump(vm);
      byte[] bytes = Files.readAllBytes(file);
      int own = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("VMI4J");
      bytes[own] = 'X';
      Files.write(file, bytes);
      try (Vm copy = Vmi.open("file:" + file)) {
        RegisterValues read = registers(copy).get(0);
        values.forEach(
            (register, value) ->
                assertThat(read.find(register)).as(register.label()).hasValue(value));
      }
    }
  }

  /** In 32 bits the status is smaller: elf_prstatus of i386 has its registers at byte 72. */
  @Test
  void statusOfA32BitProcessorIsThatOfI386() throws Exception {
    Architecture x86 = Architecture.X86;
    RegisterValues values = new RegisterValues(x86);
    values.set(X86.RBX, 0xbL).set(X86.RIP, 0xc010_0000L).set(X86.SS, 0x68L);
    try (Vm vm = machine(x86, List.of(values))) {
      Path file = dump(vm);
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int note = (int) bytes.getLong(64 + 8);
      int status = note + 12 + 8;
      assertThat(bytes.getInt(note + 4)).isEqualTo(144);
      assertThat(bytes.getInt(status + 24)).isEqualTo(1);
      assertThat(bytes.getInt(status + 72)).isEqualTo(0xb);
      assertThat(bytes.getInt(status + 72 + 12 * 4)).isEqualTo(0xc010_0000);
      assertThat(bytes.getInt(status + 72 + 16 * 4)).isEqualTo(0x68);
      assertThat(readelf(file)).contains("NT_PRSTATUS");
    }
  }

  @Test
  void machineThatDoesNotSayItsArchitectureIsDumpedWithoutOne() throws Exception {
    try (Vm vm = machine(2);
        Vm copy = Vmi.open("file:" + dump(vm))) {
      assertThat(copy.architecture()).isEmpty();
      assertThat(copy.find(Vcpus.class)).isEmpty();
      assertThat(copy.physicalMemory().readLong(2 * PAGE)).isEqualTo(2 * PAGE);
    }
  }

  /** Page tables of a paravirtual guest of Xen hold machine addresses, in a dump of it too. */
  @Test
  void addressesCountTheSameInADump() throws Exception {
    for (boolean paravirtual : new boolean[] {true, false}) {
      XenCoreBuilder core = new XenCoreBuilder(paravirtual);
      core.page(paravirtual ? 10 : 0x700000, 0x700000);
      Path original = Files.write(folder.resolve("xen.core"), core.bytes());
      try (Vm vm = Vmi.open("file:" + original);
          Vm copy = Vmi.open("file:" + dump(vm))) {
        assertThat(copy.physicalMemory().addressing())
            .isEqualTo(vm.physicalMemory().addressing())
            .isEqualTo(paravirtual ? Addressing.MACHINE : Addressing.GUEST);
        long address = 0x700000L * PAGE + 0x18;
        assertThat(copy.physicalMemory().readLong(address)).isEqualTo(address);
      }
    }
  }

  /** More than a program header count has bits for: the number is elsewhere. */
  @Test
  void memoryInSeventyThousandExtentsComesBack() throws Exception {
    int pages = 70_000;
    try (Vm vm = machine(pages).architecture(Architecture.X86_64)) {
      Path file = dump(vm);
      try (Vm copy = Vmi.open("file:" + file)) {
        for (long page : new long[] {0, 1, 65_534, 65_535, 65_536, pages - 1}) {
          long address = page * 2 * PAGE;
          assertThat(copy.physicalMemory().readLong(address)).isEqualTo(address);
          assertThat(copy.physicalMemory().isPresent(address + PAGE)).isFalse();
        }
      }
      assertThat(readelf(file).lines().filter(line -> line.startsWith("  LOAD"))).hasSize(pages);
    }
  }

  @Test
  void imageThatIsTruncatedWhileItIsDumpedIsSaid() throws Exception {
    Path image = Files.write(folder.resolve("image.raw"), new byte[64 * PAGE]);
    Path file = folder.resolve("dump.elf");
    try (Vm vm = Vmi.open("file:" + image)) {
      MachineCore core = MachineCore.of(vm, List.of(), Progress.NONE);
      try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
        channel.truncate(PAGE);
      }
      assertThatThrownBy(() -> core.write(file, false, Progress.NONE))
          .isInstanceOf(MemoryFault.class)
          .hasMessageContaining("truncated while it was open");
    }
    assertThat(file).doesNotExist();
  }

  /** Beyond 4 TiB windows are not kept: what a machine gives back is gone at once. */
  @Test
  void memoryThatIsGivenBackMeanwhileIsCountedAndZero() throws Exception {
    EveryOtherPage source = new EveryOtherPage(1L << 42, 600);
    Path file = folder.resolve("dump.elf");
    try (Vm vm = new MockVm("pages", new PhysicalMemory(source))) {
      MachineCore core = MachineCore.of(vm, List.of(), Progress.NONE);
      assertThat(core.bytes()).isEqualTo(600L * PAGE);
      source.pages = 500;
      assertThat(core.write(file, false, Progress.NONE)).isEqualTo(500L * PAGE);
    }
    try (Vm copy = Vmi.open("file:" + file)) {
      assertThat(copy.physicalMemory().readLong(source.base + 599L * 2 * PAGE)).isZero();
      assertThat(copy.physicalMemory().readLong(source.base + 2 * PAGE))
          .isEqualTo(source.base + 2 * PAGE);
    }
  }

  /** Returns a machine whose memory is every other page. */
  private static MockVm machine(int pages) {
    return new MockVm("pages", new PhysicalMemory(new EveryOtherPage(0, pages)));
  }

  private static MockVm machine(Architecture architecture, List<RegisterValues> vcpus) {
    return machine(1).architecture(architecture).registers(vcpus);
  }

  /** Memory of which every other page is there, and holds its address. */
  private static final class EveryOtherPage implements FrameSource {
    private final long base;
    private int pages;

    EveryOtherPage(long base, int pages) {
      this.base = base;
      this.pages = pages;
    }

    @Override
    public long end() {
      return base + 2L * pages * PAGE;
    }

    @Override
    public long next(long address) {
      return Math.max(base, address);
    }

    @Override
    public Window map(long address) {
      List<Window.Extent> extents = new ArrayList<>();
      for (int at = 0; at < Window.SIZE && (address + at) < end(); at += 2 * PAGE) {
        ByteBuffer page = ByteBuffer.wrap(TestImages.memory(address + at, PAGE));
        extents.add(new Window.Extent(at, page));
      }
      return Window.of(extents);
    }

    @Override
    public String explain(long address) {
      return "every other page";
    }

    @Override
    public void close() {}
  }
}
