package org.vmi4j.api.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmiException;

/** Records put together field after field, in the order in which Xen's headers declare them. */
class XenGuestContextTest {
  private static final int IN_KERNEL = 4;

  private static ByteBuffer record(XenGuestContext layout) {
    return ByteBuffer.allocate(layout.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Every register holds its place in the sequence. */
  private static ByteBuffer x86(long flags, int cs) {
    ByteBuffer record = record(XenGuestContext.X86_64);
    record.position(512).putLong(flags);
    for (int i = 0; i < 15; i++) {
      record.putLong(0x100 + i);
    }
    record.putInt(0xdead).putInt(0xbeef).putLong(0x110);
    record.putShort((short) cs).putShort((short) -1).put((byte) 1).position(664);
    record.putLong(0x112).putLong(0x113);
    for (int i = 0; i < 5; i++) {
      record.putShort((short) (0x120 + i)).putShort((short) -1).putInt(-1);
    }
    record.position(720 + 256 * 16 + 2 * 8 + 17 * 8 + 2 * 8);
    for (int i = 0; i < 16; i++) {
      record.putLong(0x200 + i);
    }
    record.putLong(1).putLong(2).putLong(3).putLong(4);
    record.putLong(0x300).putLong(0x301).putLong(0x302);
    assertThat(record.hasRemaining()).isFalse();
    return record;
  }

  @Test
  void hardwareVirtualGuestInItsKernel() {
    Registers registers = XenGuestContext.X86_64.read(x86(1, 0x10), false);
    Map<String, Long> values = registers.values();
    String[] general = {
      "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx",
      "rsi", "rdi"
    };
    for (int i = 0; i < general.length; i++) {
      assertThat(values).containsEntry(general[i], 0x100L + i);
    }
    assertThat(values).containsEntry("rip", 0x110L).containsEntry("cs", 0x10L);
    assertThat(values).containsEntry("rflags", 0x112L).containsEntry("rsp", 0x113L);
    assertThat(values).containsEntry("ss", 0x120L).containsEntry("gs", 0x124L);
    assertThat(values).containsEntry("cr0", 0x200L).containsEntry("cr2", 0x202L);
    assertThat(values).containsEntry("cr3", 0x203L).containsEntry("cr4", 0x204L);
    assertThat(values).containsEntry("dr0", 0x208L).containsEntry("dr3", 0x20bL);
    assertThat(values).containsEntry("dr6", 0x20eL).containsEntry("dr7", 0x20fL);
    assertThat(values).containsEntry("fs_base", 0x300L).containsEntry("gs_base", 0x301L);
    assertThat(values).containsEntry("kernel_gs_base", 0x302L).doesNotContainKey("user_cr3");
  }

  @Test
  void basesOfGsChangePlacesInUserMode() {
    Map<String, Long> user = XenGuestContext.X86_64.read(x86(0, 0x33), false).values();
    assertThat(user).containsEntry("gs_base", 0x302L).containsEntry("kernel_gs_base", 0x301L);
  }

  /** A paravirtual kernel runs in ring 3: only the flag tells it from its programs. */
  @Test
  void paravirtualGuestSaysItselfWhetherItsKernelRuns() {
    Map<String, Long> kernel = XenGuestContext.X86_64.read(x86(IN_KERNEL, 0xe033), true).values();
    assertThat(kernel).containsEntry("gs_base", 0x301L).containsEntry("user_cr3", 0x201L);
    Map<String, Long> user = XenGuestContext.X86_64.read(x86(0, 0xe033), true).values();
    assertThat(user).containsEntry("gs_base", 0x302L).containsEntry("cs", 0xe033L);
  }

  @Test
  void rootOfA32BitParavirtualGuestIsTurnedBack() {
    ByteBuffer record = record(XenGuestContext.X86_32);
    record.putInt(516, 0xb).putInt(540, 0xa).putInt(548, 0xc010_0000).putInt(560, 0xc020_0000);
    long frame = 0x1_2345_6L << 4 | 7;
    record.putInt(2716 + 3 * 4, (int) (frame << 12) | (int) (frame >>> 20));
    Map<String, Long> values = XenGuestContext.X86_32.read(record, true).values();
    assertThat(values).containsEntry("cr3", frame << 12);
    assertThat(values).containsEntry("ebx", 0xbL).containsEntry("eax", 0xaL);
    assertThat(values).containsEntry("eip", 0xc010_0000L).containsEntry("esp", 0xc020_0000L);
  }

  @Test
  void aarch64HasItsTranslationRegistersAndTheStackInUse() {
    ByteBuffer record = record(XenGuestContext.AARCH64);
    record.putInt(0, 1).position(8);
    for (int i = 0; i < 33; i++) {
      record.putLong(0x400 + i);
    }
    record.putLong(0x500).putInt(1).putInt(2).putInt(3).putInt(4);
    for (int i = 1; i < 8; i++) {
      record.putLong(0x500 + i);
    }
    assertThat(record.hasRemaining()).isFalse();
    record.putLong(264, 0x6000_0005L);
    Map<String, Long> kernel = XenGuestContext.AARCH64.read(record, false).values();
    assertThat(kernel).containsEntry("x0", 0x400L).containsEntry("x30", 0x41eL);
    assertThat(kernel).containsEntry("pc", 0x41fL).containsEntry("spsr_el1", 0x500L);
    assertThat(kernel).containsEntry("sp_el1", 0x502L).containsEntry("elr_el1", 0x503L);
    assertThat(kernel).containsEntry("sctlr_el1", 0x504L).containsEntry("tcr_el1", 0x505L);
    assertThat(kernel).containsEntry("ttbr0_el1", 0x506L).containsEntry("ttbr1_el1", 0x507L);
    assertThat(kernel).containsEntry("sp", 0x502L);
    record.putLong(264, 0);
    assertThat(XenGuestContext.AARCH64.read(record, false).values()).containsEntry("sp", 0x501L);
  }

  @Test
  void recordThatIsTooShortIsRefused() {
    ByteBuffer record = ByteBuffer.allocate(XenGuestContext.AARCH64.size());
    assertThatThrownBy(() -> XenGuestContext.X86_64.read(record, false))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll("352", "5168");
  }

  @Test
  void registersAreWrittenWhereTheyAreRead() {
    ByteBuffer record = record(XenGuestContext.AARCH64);
    XenGuestContext.AARCH64.write(record, Map.of("pc", 0x1234L, "x30", 5L));

    Registers registers = XenGuestContext.AARCH64.read(record, false);
    assertThat(registers.value("pc")).hasValue(0x1234);
    assertThat(registers.value("x30")).hasValue(5);
  }

  @Test
  void whatTheRecordDoesNotHoldAsSuchIsNotWritten() {
    assertThatThrownBy(
            () -> XenGuestContext.AARCH64.write(record(XenGuestContext.AARCH64), Map.of("sp", 0L)))
        .hasMessageContaining("\"sp\"");
    assertThatThrownBy(
            () -> XenGuestContext.X86_32.write(record(XenGuestContext.X86_32), Map.of("cr3", 0L)))
        .hasMessageContaining("CR3");
  }
}
