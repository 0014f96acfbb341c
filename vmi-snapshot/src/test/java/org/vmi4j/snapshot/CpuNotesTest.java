package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vmi4j.api.cpu.X86.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;

/** Notes laid out as QEMUCPUState and elf_gregset_t have it, every field with its own value. */
class CpuNotesTest {
  private static final X86[] GENERAL = {
    RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15, RIP, RFLAGS
  };
  private static final X86[] SELECTORS = {CS, DS, ES, FS, GS, SS, LDTR, TR};
  private static final X86[] LIMITS = {
    CS_LIMIT,
    DS_LIMIT,
    ES_LIMIT,
    FS_LIMIT,
    GS_LIMIT,
    SS_LIMIT,
    LDTR_LIMIT,
    TR_LIMIT,
    GDTR_LIMIT,
    IDTR_LIMIT
  };
  private static final X86[] BASES = {
    CS_BASE, DS_BASE, ES_BASE, FS_BASE, GS_BASE, SS_BASE, LDTR_BASE, TR_BASE, GDTR_BASE, IDTR_BASE
  };

  @TempDir Path folder;

  @Test
  void everyRegisterOfX86IsRead() throws IOException {
    byte[] notes =
        TestImages.concat(
            TestImages.note("CORE", 1, new byte[336]),
            TestImages.note("QEMU", 0, x86(0, true)),
            TestImages.note("QEMU", 0, x86(0x1000, true)));
    List<RegisterValues> vcpus = vcpus(TestImages.X86_64, notes);
    assertThat(vcpus).hasSize(2);
    for (int cpu = 0; cpu < 2; cpu++) {
      long base = cpu * 0x1000L;
      RegisterValues registers = vcpus.get(cpu);
      for (int i = 0; i < GENERAL.length; i++) {
        assertThat(registers.find(GENERAL[i])).as(GENERAL[i].label()).hasValue(base + 0x100 + i);
      }
      for (int i = 0; i < SELECTORS.length; i++) {
        assertThat(registers.find(SELECTORS[i]))
            .as(SELECTORS[i].label())
            .hasValue(base + 0x200 + i);
      }
      for (int i = 0; i < BASES.length; i++) {
        assertThat(registers.find(LIMITS[i])).as(LIMITS[i].label()).hasValue(0xffff);
        assertThat(registers.find(BASES[i])).as(BASES[i].label()).hasValue(~(base + 0x300 + i));
      }
      assertThat(registers.find(X86.CR0)).hasValue(base + 0x400);
      assertThat(registers.find(X86.CR2)).hasValue(base + 0x402);
      assertThat(registers.find(X86.CR3)).hasValue(base + 0x403);
      assertThat(registers.find(X86.CR4)).hasValue(base + 0x404);
      assertThat(registers.find(X86.KERNEL_GS_BASE)).hasValue(~(base + 0x500));
    }
  }

  @Test
  void noteOfQemuBefore30HasNoKernelGsBase() throws IOException {
    List<RegisterValues> vcpus = vcpus(TestImages.X86, TestImages.note("QEMU", 0, x86(0, false)));
    assertThat(vcpus).hasSize(1);
    assertThat(vcpus.get(0).find(X86.CR3)).hasValue(0x403);
    assertThat(vcpus.get(0).find(X86.KERNEL_GS_BASE)).isEmpty();
  }

  @Test
  void everyRegisterOfAarch64IsRead() throws IOException {
    ByteBuffer status = ByteBuffer.allocate(392).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 34; i++) {
      status.putLong(112 + i * 8, ~(0x600L + i));
    }
    List<RegisterValues> vcpus =
        vcpus(TestImages.AARCH64, TestImages.note("CORE", 1, status.array()));
    assertThat(vcpus).hasSize(1);
    for (int i = 0; i < 31; i++) {
      assertThat(vcpus.get(0).find(Register.of(Architecture.AARCH64).get(i)))
          .as("x" + i)
          .hasValue(~(0x600L + i));
    }
    assertThat(vcpus.get(0).find(Arm64.SP)).hasValue(~(0x600L + 31));
    assertThat(vcpus.get(0).find(Arm64.PC)).hasValue(~(0x600L + 32));
    assertThat(vcpus.get(0).find(Arm64.PSTATE)).hasValue(~(0x600L + 33));
  }

  @Test
  void ourOwnNoteIsTakenBeforeOthersAndLineByLine() throws IOException {
    byte[] text =
        "rip=ffffffff81000000\nefer=d01\nRIP=1\nno line\ncr2=\n=1\ncr0=11112222333344445\ncs=10000\nx=1\ncr4=0"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] notes =
        TestImages.concat(
            TestImages.note("QEMU", 0, x86(0, true)), TestImages.note("VMI4J", 0x564d, text));
    List<RegisterValues> vcpus = vcpus(TestImages.X86_64, notes);
    assertThat(vcpus).hasSize(1);
    assertThat(vcpus.get(0))
        .isEqualTo(
            new RegisterValues(Architecture.X86_64)
                .set(RIP, 0xffff_ffff_8100_0000L)
                .set(EFER, 0xd01L)
                .set(CR4, 0L));
  }

  @Test
  void shortOrForeignNotesGiveNoProcessor() throws IOException {
    byte[] notes =
        TestImages.concat(
            TestImages.note("QEMU", 0, new byte[64]),
            TestImages.note("VMCOREINFO", 0, new byte[440]),
            TestImages.note("VMI4J", 0x564d, new byte[8]),
            TestImages.note(
                "VMI4J", 0x564d, "rip=1\n".repeat(1 << 15).getBytes(StandardCharsets.US_ASCII)),
            TestImages.note("VMI4J", 1, "rip=1\n".getBytes(StandardCharsets.US_ASCII)),
            new byte[] {5, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0});
    assertThat(vcpus(TestImages.X86_64, notes)).isEmpty();
    assertThat(vcpus(TestImages.AARCH64, TestImages.note("CORE", 1, new byte[0]))).isEmpty();
  }

  private List<RegisterValues> vcpus(int machine, byte[] notes) throws IOException {
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
