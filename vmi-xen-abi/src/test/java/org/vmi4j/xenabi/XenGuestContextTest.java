package org.vmi4j.xenabi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vmi4j.api.cpu.X86.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;

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
    RegisterValues values = XenGuestContext.X86_64.read(x86(1, 0x10), false);
    X86[] general = {R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI};
    for (int i = 0; i < general.length; i++) {
      assertThat(values.get(general[i])).as(general[i].label()).isEqualTo(0x100L + i);
    }
    assertThat(values.get(RIP)).isEqualTo(0x110L);
    assertThat(values.get(CS)).isEqualTo(0x10L);
    assertThat(values.get(RFLAGS)).isEqualTo(0x112L);
    assertThat(values.get(RSP)).isEqualTo(0x113L);
    assertThat(values.get(SS)).isEqualTo(0x120L);
    assertThat(values.get(GS)).isEqualTo(0x124L);
    assertThat(values.get(CR0)).isEqualTo(0x200L);
    assertThat(values.get(CR2)).isEqualTo(0x202L);
    assertThat(values.get(CR3)).isEqualTo(0x203L);
    assertThat(values.get(CR4)).isEqualTo(0x204L);
    assertThat(values.get(DR0)).isEqualTo(0x208L);
    assertThat(values.get(DR3)).isEqualTo(0x20bL);
    assertThat(values.get(DR6)).isEqualTo(0x20eL);
    assertThat(values.get(DR7)).isEqualTo(0x20fL);
    assertThat(values.get(FS_BASE)).isEqualTo(0x300L);
    assertThat(values.get(GS_BASE)).isEqualTo(0x301L);
    assertThat(values.get(KERNEL_GS_BASE)).isEqualTo(0x302L);
    assertThat(values.has(USER_CR3)).isFalse();
  }

  @Test
  void basesOfGsChangePlacesInUserMode() {
    RegisterValues user = XenGuestContext.X86_64.read(x86(0, 0x33), false);
    assertThat(user.get(GS_BASE)).isEqualTo(0x302L);
    assertThat(user.get(KERNEL_GS_BASE)).isEqualTo(0x301L);
  }

  /** A paravirtual kernel runs in ring 3: only the flag tells it from its programs. */
  @Test
  void paravirtualGuestSaysItselfWhetherItsKernelRuns() {
    RegisterValues kernel = XenGuestContext.X86_64.read(x86(IN_KERNEL, 0xe033), true);
    assertThat(kernel.get(GS_BASE)).isEqualTo(0x301L);
    assertThat(kernel.get(USER_CR3)).isEqualTo(0x201L);
    RegisterValues user = XenGuestContext.X86_64.read(x86(0, 0xe033), true);
    assertThat(user.get(GS_BASE)).isEqualTo(0x302L);
    assertThat(user.get(CS)).isEqualTo(0xe033L);
  }

  @Test
  void rootOfA32BitParavirtualGuestIsTurnedBack() {
    ByteBuffer record = record(XenGuestContext.X86_32);
    record.putInt(516, 0xb).putInt(540, 0xa).putInt(548, 0xc010_0000).putInt(560, 0xc020_0000);
    long frame = 0x1_2345_6L << 4 | 7;
    record.putInt(2716 + 3 * 4, (int) (frame << 12) | (int) (frame >>> 20));
    RegisterValues values = XenGuestContext.X86_32.read(record, true);
    assertThat(values.get(CR3)).isEqualTo(frame << 12);
    assertThat(values.get(RBX)).isEqualTo(0xbL);
    assertThat(values.get(RAX)).isEqualTo(0xaL);
    assertThat(values.get(RIP)).isEqualTo(0xc010_0000L);
    assertThat(values.get(RSP)).isEqualTo(0xc020_0000L);
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
    RegisterValues kernel = XenGuestContext.AARCH64.read(record, false);
    assertThat(kernel.get(Arm64.X0)).isEqualTo(0x400L);
    assertThat(kernel.get(Arm64.X30)).isEqualTo(0x41eL);
    assertThat(kernel.get(Arm64.PC)).isEqualTo(0x41fL);
    assertThat(kernel.get(Arm64.SPSR_EL1)).isEqualTo(0x500L);
    assertThat(kernel.get(Arm64.SP_EL1)).isEqualTo(0x502L);
    assertThat(kernel.get(Arm64.ELR_EL1)).isEqualTo(0x503L);
    assertThat(kernel.get(Arm64.SCTLR_EL1)).isEqualTo(0x504L);
    assertThat(kernel.get(Arm64.TCR_EL1)).isEqualTo(0x505L);
    assertThat(kernel.get(Arm64.TTBR0_EL1)).isEqualTo(0x506L);
    assertThat(kernel.get(Arm64.TTBR1_EL1)).isEqualTo(0x507L);
    assertThat(kernel.get(Arm64.SP)).isEqualTo(0x502L);
    record.putLong(264, 0);
    assertThat(XenGuestContext.AARCH64.read(record, false).get(Arm64.SP)).isEqualTo(0x501L);
  }

  /** A kernel of 32 bits on AArch64: public/arch-arm.h shares the fields of the core registers. */
  @Test
  void aarch32HasTheStackOfItsMode() {
    ByteBuffer record = record(XenGuestContext.AARCH32);
    for (int i = 0; i < 33; i++) {
      record.putLong(8 + i * 8, 0xffff_ffff_0000_0400L + i);
    }
    record.putInt(320, 0x506).putInt(328, 0x8000_0000);
    record.putLong(336, 0x1_4000_0000L).putLong(344, 0x1_4000_1000L);
    int[][] modes = {
      {0x10, 13, 14},
      {0x11, 29, 30},
      {0x12, 17, 16},
      {0x13, 19, 18},
      {0x17, 21, 20},
      {0x1b, 23, 22},
      {0x1f, 13, 14}
    };
    for (int[] mode : modes) {
      record.putInt(264, 0x6000_0000 | mode[0]);
      RegisterValues values = XenGuestContext.AARCH32.read(record, false);
      assertThat(values.get(Arm.SP)).as("mode 0x%x", mode[0]).isEqualTo(0x400L + mode[1]);
      assertThat(values.get(Arm.LR)).as("mode 0x%x", mode[0]).isEqualTo(0x400L + mode[2]);
      assertThat(values.get(Arm.R12)).isEqualTo(0x40cL);
      assertThat(values.get(Arm.PC)).isEqualTo(0x41fL);
      assertThat(values.get(Arm.SCTLR)).isEqualTo(0x506);
      assertThat(values.get(Arm.TTBCR)).isEqualTo(0x8000_0000L);
      assertThat(values.get(Arm.TTBR0)).isEqualTo(0x1_4000_0000L);
      assertThat(values.get(Arm.TTBR1)).isEqualTo(0x1_4000_1000L);
    }
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
    XenGuestContext.AARCH64.write(
        record, new RegisterValues(Architecture.AARCH64).set(Arm64.PC, 0x1234L).set(Arm64.X30, 5L));

    RegisterValues registers = XenGuestContext.AARCH64.read(record, false);
    assertThat(registers.get(Arm64.PC)).isEqualTo(0x1234);
    assertThat(registers.get(Arm64.X30)).isEqualTo(5);
  }

  @Test
  void whatTheRecordDoesNotHoldAsSuchIsNotWritten() {
    assertThatThrownBy(
            () ->
                XenGuestContext.AARCH64.write(
                    record(XenGuestContext.AARCH64),
                    new RegisterValues(Architecture.AARCH64).set(Arm64.SP, 0L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("register sp cannot be set");
    assertThatThrownBy(
            () ->
                XenGuestContext.X86_32.write(
                    record(XenGuestContext.X86_32),
                    new RegisterValues(Architecture.X86).set(CR3, 0L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("register cr3 cannot be set");
  }
}
