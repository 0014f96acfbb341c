package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;

/** Cores of {@code xl dump-core}: of guests with and without hardware virtualization, and lies. */
class XenCoreTest {
  private static final int PAGE = TestImages.PAGE;

  @TempDir Path folder;

  private Vm open(XenCoreBuilder core) throws IOException {
    return Vmi.open("file:" + Files.write(folder.resolve("xen.core"), core.bytes()));
  }

  private static byte[] x86(long cr3) {
    ByteBuffer record = ByteBuffer.allocate(5168).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(648, 0xffff_ffff_8100_0000L).putShort(656, (short) 0x10);
    return record.putLong(4984, 0x8005_0033L).putLong(5008, cr3).array();
  }

  private static List<RegisterValues> registers(Vm vm) {
    return vm.require(Vcpus.class).registers();
  }

  @Test
  void framesOfAHardwareVirtualGuestAreItsOwn() throws IOException {
    XenCoreBuilder core = new XenCoreBuilder(false).vcpu(x86(0x1000)).vcpu(x86(0x2000));
    for (long frame : new long[] {0, 1, 2, 0x9f, 0xc0, 0xc1, 0x100000}) {
      core.page(frame, frame);
    }
    // What a guest gave back while it was dumped.
    core.page(-1, -1).page(-1, -1);
    try (Vm vm = open(core)) {
      assertThat(vm.description()).isEqualTo("Xen core of 2 processors");
      assertThat(vm.architecture()).contains(Architecture.X86_64);
      for (long frame : new long[] {0, 2, 0x9f, 0xc1, 0x100000}) {
        long address = frame * PAGE + 8;
        assertThat(vm.physicalMemory().readLong(address)).isEqualTo(address);
      }
      assertThat(vm.physicalMemory().isPresent(0x3000)).isFalse();
      assertThat(vm.physicalMemory().isPresent(0xa0000)).isFalse();
      assertThat(vm.physicalMemory().end()).isEqualTo(0x1_0000_1000L);
      assertThat(registers(vm)).hasSize(2);
      assertThat(vm.physicalMemory().addressing()).isEqualTo(Addressing.GUEST);
      assertThat(registers(vm).get(1).find(X86.CR3)).hasValue(0x2000);
      assertThat(registers(vm).get(0).find(X86.RIP)).hasValue(0xffff_ffff_8100_0000L);
    }
  }

  /** Page tables of a paravirtual guest hold machine frames, so these are its addresses. */
  @Test
  void framesOfAParavirtualGuestAreTheMachines() throws IOException {
    XenCoreBuilder core = new XenCoreBuilder(true).vcpu(x86(0x7_0000_0000L));
    long[] machine = {0x700000, 0x6fffff, 0x6ffffe, 0x12345, 0x12346, 0x12347};
    for (int i = 0; i < machine.length; i++) {
      core.page(10 + i, machine[i]);
    }
    core.page(40, -1).page(41, 1L << 62 | 5).page(-1, -1);
    try (Vm vm = open(core)) {
      assertThat(vm.description()).isEqualTo("Xen core of 1 processor, paravirtual");
      for (long frame : machine) {
        long address = frame * PAGE + 0x18;
        assertThat(vm.physicalMemory().readLong(address)).isEqualTo(address);
      }
      List<Long> visited = new ArrayList<>();
      vm.physicalMemory().forEachExtent(0, Long.MAX_VALUE, (at, bytes) -> visited.add(at / PAGE));
      assertThat(visited).containsExactly(0x12345L, 0x6ffffeL, 0x6fffffL, 0x700000L);
      assertThat(registers(vm).get(0).find(X86.CR3)).hasValue(0x7_0000_0000L);
      assertThat(registers(vm).get(0).find(X86.USER_CR3)).hasValue(0);
      assertThat(vm.physicalMemory().addressing()).isEqualTo(Addressing.MACHINE);
      assertThat(vm.isLive()).isFalse();
    }
  }

  @Test
  void machineFrameThatTheGuestHasTwiceIsTakenOnce() throws IOException {
    XenCoreBuilder core = new XenCoreBuilder(true);
    for (long frame : new long[] {5, 6, 7, 6, 7, 8, 9, 5}) {
      core.page(core.pageCount, frame);
    }
    try (Vm vm = open(core)) {
      for (long frame = 5; frame < 10; frame++) {
        assertThat(vm.physicalMemory().readLong(frame * PAGE)).isEqualTo(frame * PAGE);
      }
      assertThat(vm.physicalMemory().isPresent(10 * PAGE)).isFalse();
      assertThat(vm.find(Vcpus.class)).isEmpty();
    }
  }

  @Test
  void paravirtualGuestOf32BitsIsToldByItsRecord() throws IOException {
    ByteBuffer record = ByteBuffer.allocate(5168).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(2716, 0x8005_003b).putInt(2728, 0x0012_3000).putInt(548, 0xc010_0000);
    try (Vm vm = open(new XenCoreBuilder(true).vcpu(record.array()).page(0, 0x123))) {
      assertThat(vm.architecture()).contains(Architecture.X86);
      assertThat(registers(vm).get(0).find(X86.CR3)).hasValue(0x123000);
      assertThat(registers(vm).get(0).find(X86.RIP)).hasValue(0xc010_0000L);
    }
  }

  @Test
  void guestOnArmHasItsTranslationRegisters() throws IOException {
    XenCoreBuilder core = new XenCoreBuilder(false);
    core.machine = TestImages.AARCH64;
    ByteBuffer record = ByteBuffer.allocate(352).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(328, 0x5_0007_4b55_03510L).putLong(344, 0x4165_8000L);
    try (Vm vm = open(core.vcpu(record.array()).page(0x80000, 0))) {
      assertThat(vm.architecture()).contains(Architecture.AARCH64);
      assertThat(registers(vm).get(0).find(Arm64.TTBR1_EL1)).hasValue(0x4165_8000L);
      assertThat(registers(vm).get(0).find(Arm64.TCR_EL1)).hasValue(0x5_0007_4b55_03510L);
    }
  }

  @Test
  void whatTheHeaderSaysIsChecked() throws IOException {
    XenCoreBuilder core = small();
    core.magic = 0xdead;
    assertRefused(core, "unknown kind 0xdead");
    core = small();
    core.withHeader = false;
    assertRefused(core, "no header note");
    core = small();
    core.version = 2L << 32;
    assertRefused(core, "version 2 of its format");
    core = small();
    core.pageSize = 16384;
    assertRefused(core, "pages of 16384 bytes");
    for (long count : new long[] {3, 1L << 40, -1, Long.MIN_VALUE}) {
      core = small();
      core.pageCount = count;
      assertRefused(core, Long.toUnsignedString(count) + " pages", "room for 2", "dump it again");
    }
    for (long count : new long[] {8193, -1, Long.MIN_VALUE}) {
      core = small();
      core.vcpuCount = count;
      assertRefused(core, Long.toUnsignedString(count) + " processors", "dump it again");
    }
    core = small();
    core.vcpuCount = 2;
    assertRefused(core, "2584 bytes each, not 5168");
  }

  @Test
  void framesMustAscend() throws IOException {
    assertRefused(small().page(1, 1), "frame 0x1 follows frame 0x1", "dump it again");
    assertRefused(small().page(0, 0), "frame 0x0 follows frame 0x1");
    assertRefused(small().page(1L << 40, 0), "frame 0x10000000000 follows");
    assertRefused(small().page(-2, 0), "frame 0xfffffffffffffffe follows");
    assertRefused(new XenCoreBuilder(true).page(3, 1).page(3, 2), "frame 0x3 follows frame 0x3");
  }

  @Test
  void coreWithoutMemorySaysWhy() throws IOException {
    assertRefused(
        new XenCoreBuilder(false).page(-1, -1), "no memory at all", "dump the running domain");
    assertRefused(new XenCoreBuilder(true).page(0, -1), "no memory at all");
  }

  @ParameterizedTest
  @ValueSource(strings = {".xen_pages", ".xen_pfn", ".xen_prstatus"})
  void sectionsThatAreMissingOrLieAreNamed(String name) throws IOException {
    XenCoreBuilder core = small();
    core.missing.add(name);
    assertRefused(core, "no section " + name, "dump it again");
    for (long[] lie :
        new long[][] {
          {1L << 40, 5168}, {-1, 16384}, {4096, Long.MAX_VALUE}, {Long.MAX_VALUE, 16384}
        }) {
      core = small();
      core.lies.put(name, lie);
      assertRefused(core, "damaged", "again");
    }
    core = small();
    core.lies.put(name, new long[] {4096, 8});
    assertRefused(core, "damaged", "again");
  }

  @Test
  void aFileThatIsCutOffIsRefusedWhereverItIsCut() throws IOException {
    byte[] whole = small().bytes();
    for (int length = 512; length < whole.length; length += 509) {
      Path file = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TestImages.open("file:" + file))
          .isInstanceOf(VmiException.class)
          .hasMessageContainingAll("truncated or damaged", "copy or dump it again");
    }
  }

  private static XenCoreBuilder small() {
    return new XenCoreBuilder(false).vcpu(x86(0x1000)).page(0, 0).page(1, 1);
  }

  private void assertRefused(XenCoreBuilder core, String... parts) {
    assertThatThrownBy(() -> open(core).close())
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll(parts);
  }
}
