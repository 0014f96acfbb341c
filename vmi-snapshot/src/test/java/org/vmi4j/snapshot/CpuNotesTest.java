package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.cpu.Vcpus;

/** Notes laid out as QEMUCPUState and elf_gregset_t have it, every field with its own value. */
class CpuNotesTest {
  private static final String[] GENERAL = {
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15", "rip", "rflags"
  };
  private static final String[] SEGMENTS = {
    "cs", "ds", "es", "fs", "gs", "ss", "ldtr", "tr", "gdtr", "idtr"
  };

  @TempDir Path folder;

  @Test
  void everyRegisterOfX86IsRead() throws IOException {
    byte[] notes =
        TestImages.concat(
            TestImages.note("CORE", 1, new byte[336]),
            TestImages.note("QEMU", 0, x86(0, true)),
            TestImages.note("QEMU", 0, x86(0x1000, true)));
    List<Registers> vcpus = vcpus(TestImages.X86_64, notes);
    assertThat(vcpus).hasSize(2);
    for (int cpu = 0; cpu < 2; cpu++) {
      long base = cpu * 0x1000L;
      Registers registers = vcpus.get(cpu);
      for (int i = 0; i < GENERAL.length; i++) {
        assertThat(registers.value(GENERAL[i])).as(GENERAL[i]).hasValue(base + 0x100 + i);
      }
      for (int i = 0; i < SEGMENTS.length; i++) {
        assertThat(registers.value(SEGMENTS[i])).as(SEGMENTS[i]).hasValue(base + 0x200 + i);
        assertThat(registers.value(SEGMENTS[i] + "_limit")).hasValue(0xffff);
        assertThat(registers.value(SEGMENTS[i] + "_base"))
            .as(SEGMENTS[i] + "_base")
            .hasValue(~(base + 0x300 + i));
      }
      assertThat(registers.value("cr0")).hasValue(base + 0x400);
      assertThat(registers.value("cr1")).isEmpty();
      assertThat(registers.value("cr2")).hasValue(base + 0x402);
      assertThat(registers.value("cr3")).hasValue(base + 0x403);
      assertThat(registers.value("cr4")).hasValue(base + 0x404);
      assertThat(registers.value("kernel_gs_base")).hasValue(~(base + 0x500));
    }
  }

  @Test
  void noteOfQemuBefore30HasNoKernelGsBase() throws IOException {
    List<Registers> vcpus = vcpus(TestImages.X86, TestImages.note("QEMU", 0, x86(0, false)));
    assertThat(vcpus).hasSize(1);
    assertThat(vcpus.get(0).value("cr3")).hasValue(0x403);
    assertThat(vcpus.get(0).value("kernel_gs_base")).isEmpty();
  }

  @Test
  void everyRegisterOfAarch64IsRead() throws IOException {
    ByteBuffer status = ByteBuffer.allocate(392).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 34; i++) {
      status.putLong(112 + i * 8, ~(0x600L + i));
    }
    List<Registers> vcpus = vcpus(TestImages.AARCH64, TestImages.note("CORE", 1, status.array()));
    assertThat(vcpus).hasSize(1);
    for (int i = 0; i < 31; i++) {
      assertThat(vcpus.get(0).value("x" + i)).as("x" + i).hasValue(~(0x600L + i));
    }
    assertThat(vcpus.get(0).value("sp")).hasValue(~(0x600L + 31));
    assertThat(vcpus.get(0).value("pc")).hasValue(~(0x600L + 32));
    assertThat(vcpus.get(0).value("pstate")).hasValue(~(0x600L + 33));
  }

  @Test
  void ourOwnNoteIsTakenBeforeOthersAndLineByLine() throws IOException {
    byte[] text =
        "rip=ffffffff81000000\nefer=d01\nRIP=1\nno line\nx=\n=1\ny=11112222333344445\nlast=0"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] notes =
        TestImages.concat(
            TestImages.note("QEMU", 0, x86(0, true)), TestImages.note("VMI4J", 0x564d, text));
    List<Registers> vcpus = vcpus(TestImages.X86_64, notes);
    assertThat(vcpus).hasSize(1);
    assertThat(vcpus.get(0).values())
        .containsExactly(
            entry("rip", 0xffff_ffff_8100_0000L), entry("efer", 0xd01L), entry("last", 0L));
  }

  @Test
  void shortOrForeignNotesGiveNoProcessor() throws IOException {
    byte[] notes =
        TestImages.concat(
            TestImages.note("QEMU", 0, new byte[64]),
            TestImages.note("VMCOREINFO", 0, new byte[440]),
            TestImages.note("VMI4J", 0x564d, new byte[8]),
            TestImages.note(
                "VMI4J", 0x564d, "a=1\n".repeat(1 << 15).getBytes(StandardCharsets.US_ASCII)),
            TestImages.note("VMI4J", 1, "rip=1\n".getBytes(StandardCharsets.US_ASCII)),
            new byte[] {5, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0});
    assertThat(vcpus(TestImages.X86_64, notes)).isEmpty();
    assertThat(vcpus(TestImages.AARCH64, TestImages.note("CORE", 1, new byte[0]))).isEmpty();
  }

  private List<Registers> vcpus(int machine, byte[] notes) throws IOException {
    byte[] image =
        new TestImages.Elf(machine != TestImages.X86, machine)
            .notes(notes)
            .load(0, TestImages.PAGE)
            .bytes();
    try (Vm vm = Vmi.open("file:" + Files.write(folder.resolve("core"), image))) {
      return vm.find(Vcpus.class).map(Vcpus::registers).orElse(List.of());
    }
  }

  private static byte[] x86(long base, boolean kernelGsBase) {
    ByteBuffer state = ByteBuffer.allocate(kernelGsBase ? 440 : 432).order(ByteOrder.LITTLE_ENDIAN);
    state.putInt(1).putInt(state.limit());
    for (int i = 0; i < 18; i++) {
      state.putLong(base + 0x100 + i);
    }
    for (int i = 0; i < 10; i++) {
      state.putInt((int) base + 0x200 + i).putInt(0xffff).putInt(0x8b).putInt(0);
      state.putLong(~(base + 0x300 + i));
    }
    for (int i = 0; i < 5; i++) {
      state.putLong(base + 0x400 + i);
    }
    if (kernelGsBase) {
      state.putLong(~(base + 0x500));
    }
    return state.array();
  }
}
