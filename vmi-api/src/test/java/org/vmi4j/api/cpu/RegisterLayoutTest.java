package org.vmi4j.api.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;

class RegisterLayoutTest {
  private static final RegisterLayout LAYOUT =
      RegisterLayout.EMPTY
          .longs(0, X86.RAX, X86.RBX)
          .ints(16, 12, X86.RCX, X86.EFER)
          .shorts(20, 2, X86.CS, X86.SS)
          .longs(32, X86.DS);

  /** Nothing but the place tells the order of bytes, so the buffer's own order is the other one. */
  private final ByteBuffer record = ByteBuffer.allocate(48);

  private static RegisterValues x86() {
    return new RegisterValues(Architecture.X86_64);
  }

  @Test
  void whatIsWrittenIsReadBackAndLiesLittleEndian() {
    RegisterValues values = x86().set(X86.RAX, -2).set(X86.RCX, 0x8000_0001L).set(X86.SS, 0xfffe);
    LAYOUT.write(record, values);
    assertThat(record.get(0)).isEqualTo((byte) 0xfe);
    assertThat(record.get(16)).isEqualTo((byte) 1);
    assertThat(record.get(19)).isEqualTo((byte) 0x80);
    assertThat(record.getShort(22)).isEqualTo((short) 0xfeff);
    RegisterValues read = x86();
    LAYOUT.read(record, read);
    values.forEach((register, value) -> assertThat(read.get(register)).isEqualTo(value));
    assertThat(LAYOUT.read(record, X86.RAX)).isEqualTo(-2);
    assertThat(read.size()).isEqualTo(7);
  }

  @Test
  void whatIsBesideASelectorIsNotPartOfIt() {
    record.putLong(32, -1);
    assertThat(LAYOUT.read(record, X86.DS)).isEqualTo(0xffff);
  }

  @Test
  void aNarrowPlaceGetsTheLowBitsUnlessThatIsRefused() {
    RegisterValues wide = x86().set(X86.RCX, 0x1_0000_0002L);
    LAYOUT.write(record, wide);
    assertThat(LAYOUT.read(record, X86.RCX)).isEqualTo(2);
    assertThatThrownBy(() -> LAYOUT.check(wide))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rcx, which has 4 bytes");
  }

  @Test
  void registersWithoutAPlaceAreLeftOutUnlessThatIsRefused() {
    RegisterValues values = x86().set(X86.R8, 1).set(X86.RBX, 2);
    LAYOUT.write(record, values);
    assertThat(LAYOUT.read(record, X86.RBX)).isEqualTo(2);
    assertThat(LAYOUT.has(X86.R8)).isFalse();
    assertThatThrownBy(() -> LAYOUT.read(record, X86.R8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LAYOUT.check(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("register r8 cannot be set; those that can are rax, rbx");
    assertThatThrownBy(() -> LAYOUT.read(record, Arm64.X0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aShorterRecordKeepsWhatIsWholeInIt() {
    RegisterLayout shorter = LAYOUT.within(24);
    assertThat(shorter.has(X86.SS)).isTrue();
    assertThat(shorter.has(X86.EFER)).isFalse();
    assertThat(shorter.size()).isEqualTo(24);
    assertThat(LAYOUT.size()).isEqualTo(40);
    assertThat(LAYOUT.at(8).size()).isEqualTo(48);
    LAYOUT.at(8).write(record, x86().set(X86.RAX, 5));
    assertThat(record.get(8)).isEqualTo((byte) 5);
  }
}
