package org.vmi4j.xen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Registers;

class HvmContextTest {
  private static final int HEADER = 8 + 24;
  private static final int CPU = 8 + HvmContext.SIZE;

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
    Map<String, Integer> places =
        Map.ofEntries(
            Map.entry("rax", 512),
            Map.entry("rsp", 568),
            Map.entry("r8", 576),
            Map.entry("r15", 632),
            Map.entry("rip", 640),
            Map.entry("cr0", 656),
            Map.entry("cr4", 680),
            Map.entry("dr7", 728),
            Map.entry("gs_base", 840),
            Map.entry("ss_base", 848),
            Map.entry("idtr_base", 872),
            Map.entry("gdtr_base", 880),
            Map.entry("sysenter_eip", 936),
            Map.entry("kernel_gs_base", 944),
            Map.entry("lstar", 960),
            Map.entry("sfmask", 984),
            Map.entry("efer", 992),
            Map.entry("tsc_aux", 1000));
    places.forEach((name, offset) -> record.putLong(offset, 0xffff_0000_0000_0000L + offset));
    record.putInt(736, 0x10).putInt(756, 0x18);
    record.putInt(768, 0x111).putInt(792, 0x222).putInt(800, 0xfff).putInt(804, 0x7f);

    Registers registers = HvmContext.read(record);

    places.forEach(
        (name, offset) ->
            assertThat(registers.value(name)).as(name).hasValue(0xffff_0000_0000_0000L + offset));
    assertThat(registers.value("cs")).hasValue(0x10);
    assertThat(registers.value("ss")).hasValue(0x18);
    assertThat(registers.value("cs_limit")).hasValue(0x111);
    assertThat(registers.value("tr_limit")).hasValue(0x222);
    assertThat(registers.value("idtr_limit")).hasValue(0xfff);
    assertThat(registers.value("gdtr_limit")).hasValue(0x7f);
  }

  @Test
  void allProcessorsAreLoadedAndOneIsChanged() {
    byte[] stream = HvmContext.change(save(), 1, Map.of("rip", 0x1234L));

    assertThat(stream).hasSize(HEADER + 2 * CPU + 8);
    ByteBuffer read = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(read.getLong(8)).isEqualTo(0x1122_3344L);
    assertThat(read.getShort(HEADER)).isEqualTo((short) 2);
    assertThat(read.getShort(HEADER + 2)).isEqualTo((short) 0);
    Registers other = HvmContext.read(read.slice(HEADER + 8, HvmContext.SIZE));
    assertThat(other.value("rip")).hasValue(0x1000);
    assertThat(read.getShort(HEADER + CPU + 2)).isEqualTo((short) 1);
    Registers registers = HvmContext.read(read.slice(HEADER + CPU + 8, HvmContext.SIZE));
    assertThat(registers.value("rip")).hasValue(0x1234);
    assertThat(registers.value("cr3")).hasValue(0x7000);
    assertThat(read.getLong(HEADER + 2 * CPU)).isZero();
  }

  @Test
  void whatCannotBeChangedIsRefused() {
    assertThatThrownBy(() -> HvmContext.change(save(), 2, Map.of("rip", 0L)))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("processor 2: it is down");
    assertThatThrownBy(() -> HvmContext.change(save(), 0, Map.of("pc", 0L)))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("\"pc\"");
    assertThatThrownBy(() -> HvmContext.change(save(), 0, Map.of("cs", 1L << 32)))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("wider");
    byte[] damaged = save();
    ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(HEADER + 4, -5);
    assertThatThrownBy(() -> HvmContext.change(damaged, 0, Map.of()))
        .isInstanceOf(VmiException.class);
    byte[] cutOff = Arrays.copyOf(save(), save().length - 8);
    assertThatThrownBy(() -> HvmContext.change(cutOff, 0, Map.of()))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> HvmContext.read(bytes(100))).isInstanceOf(VmiException.class);
  }
}
