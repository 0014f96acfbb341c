package org.vmi4j.xenabi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;

class HvmContextTest {
  private static final int HEADER = 8 + 24;
  private static final int CPU = 8 + HvmContext.SIZE;

  private static RegisterValues x86() {
    return new RegisterValues(Architecture.X86_64);
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void descriptor(ByteBuffer into, int type, int instance, int length) {
    into.putShort((short) type).putShort((short) instance).putInt(length);
  }

  /** A save with its header, a device, two processors and the end. */
  private static byte[] save() {
    byte[] stream = new byte[HEADER + 8 + 16 + 2 * CPU + 8];
    ByteBuffer save = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    descriptor(save, 1, 0, 24);
    save.putLong(0x1122_3344L).position(HEADER);
    descriptor(save, 9, 0, 16);
    save.position(save.position() + 16);
    for (int i = 0; i < 2; i++) {
      descriptor(save, 2, i, HvmContext.SIZE);
      int at = save.position();
      save.putLong(at + 640, 0x1000 + i).putLong(at + 672, 0x7000);
      save.position(at + HvmContext.SIZE);
    }
    descriptor(save, 0, 0, 0);
    return stream;
  }

  /** Offsets by offsetof() over Xen's public header. */
  @Test
  void everyRegisterHasItsPlace() {
    ByteBuffer record = bytes(HvmContext.SIZE);
    Map<X86, Integer> places =
        Map.ofEntries(
            Map.entry(X86.RAX, 512),
            Map.entry(X86.RSP, 568),
            Map.entry(X86.R8, 576),
            Map.entry(X86.R15, 632),
            Map.entry(X86.RIP, 640),
            Map.entry(X86.CR0, 656),
            Map.entry(X86.CR4, 680),
            Map.entry(X86.DR7, 728),
            Map.entry(X86.GS_BASE, 840),
            Map.entry(X86.SS_BASE, 848),
            Map.entry(X86.IDTR_BASE, 872),
            Map.entry(X86.GDTR_BASE, 880),
            Map.entry(X86.SYSENTER_EIP, 936),
            Map.entry(X86.KERNEL_GS_BASE, 944),
            Map.entry(X86.LSTAR, 960),
            Map.entry(X86.SFMASK, 984),
            Map.entry(X86.EFER, 992),
            Map.entry(X86.TSC_AUX, 1000));
    places.forEach((name, offset) -> record.putLong(offset, 0xffff_0000_0000_0000L + offset));
    record.putInt(736, 0x10).putInt(756, 0x18);
    record.putInt(768, 0x111).putInt(792, 0x222).putInt(800, 0xfff).putInt(804, 0x7f);

    RegisterValues registers = HvmContext.read(record, Architecture.X86_64);

    places.forEach(
        (register, offset) ->
            assertThat(registers.find(register))
                .as(register.label())
                .hasValue(0xffff_0000_0000_0000L + offset));
    assertThat(registers.find(X86.CS)).hasValue(0x10);
    assertThat(registers.find(X86.SS)).hasValue(0x18);
    assertThat(registers.find(X86.CS_LIMIT)).hasValue(0x111);
    assertThat(registers.find(X86.TR_LIMIT)).hasValue(0x222);
    assertThat(registers.find(X86.IDTR_LIMIT)).hasValue(0xfff);
    assertThat(registers.find(X86.GDTR_LIMIT)).hasValue(0x7f);
  }

  @Test
  void allProcessorsAreLoadedAndOneIsChanged() {
    byte[] stream = HvmContext.change(save(), 1, x86().set(X86.RIP, 0x1234L));

    assertThat(stream).hasSize(HEADER + 2 * CPU + 8);
    ByteBuffer read = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(read.getLong(8)).isEqualTo(0x1122_3344L);
    assertThat(read.getShort(HEADER)).isEqualTo((short) 2);
    assertThat(read.getShort(HEADER + 2)).isEqualTo((short) 0);
    RegisterValues other =
        HvmContext.read(read.slice(HEADER + 8, HvmContext.SIZE), Architecture.X86_64);
    assertThat(other.find(X86.RIP)).hasValue(0x1000);
    assertThat(read.getShort(HEADER + CPU + 2)).isEqualTo((short) 1);
    RegisterValues registers =
        HvmContext.read(read.slice(HEADER + CPU + 8, HvmContext.SIZE), Architecture.X86_64);
    assertThat(registers.find(X86.RIP)).hasValue(0x1234);
    assertThat(registers.find(X86.CR3)).hasValue(0x7000);
    assertThat(read.getLong(HEADER + 2 * CPU)).isZero();
  }

  @Test
  void whatCannotBeChangedIsRefused() {
    assertThatThrownBy(() -> HvmContext.change(save(), 2, x86().set(X86.RIP, 0L)))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("processor 2: it is down");
    assertThatThrownBy(() -> HvmContext.change(save(), 0, x86().set(X86.USER_CR3, 0L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user_cr3");
    byte[] damaged = save();
    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(HEADER + 4, -5);
    assertThatThrownBy(() -> HvmContext.change(damaged, 0, x86())).isInstanceOf(VmiException.class);
    byte[] cutOff = Arrays.copyOf(save(), save().length - 8);
    assertThatThrownBy(() -> HvmContext.change(cutOff, 0, x86()))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> HvmContext.read(bytes(100), Architecture.X86_64))
        .isInstanceOf(VmiException.class);
  }
}
