package org.vmi4j.api.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;

class RegisterValuesTest {

  @ParameterizedTest
  @EnumSource
  void everyRegisterKeepsItsOwnValue(Architecture architecture) {
    List<Register> all = Register.of(architecture);
    RegisterValues values = new RegisterValues(architecture);
    assertThat(values.isEmpty()).isTrue();
    for (Register register : all) {
      assertThat(register.isOf(architecture)).isTrue();
      assertThat(values.has(register)).as(register.label()).isFalse();
      values.set(register, register.index() + 1);
    }
    List<Register> visited = new ArrayList<>();
    values.forEach(
        (register, value) -> {
          assertThat(value).as(register.label()).isEqualTo(register.index() + 1);
          visited.add(register);
        });
    assertThat(visited).isEqualTo(all);
    assertThat(values.size()).isEqualTo(all.size());
    for (Register register : all) {
      assertThat(values.get(register)).isEqualTo(register.index() + 1);
      assertThat(Register.named(architecture, register.label())).contains(register);
    }
    values.clear();
    assertThat(values.isEmpty()).isTrue();
  }

  @Test
  void whatIsNotKnownIsToldFromZero() {
    RegisterValues values = new RegisterValues(Architecture.X86_64).set(X86.RAX, 0);
    assertThat(values.find(X86.RAX)).hasValue(0);
    assertThat(values.find(X86.RBX)).isEmpty();
    assertThat(values.getOr(X86.RBX, 7)).isEqualTo(7);
    assertThat(values).hasToString("x86_64 rax=0x0");
    assertThatThrownBy(() -> values.get(X86.RBX))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("rbx");
  }

  @Test
  void registersOfAnotherArchitectureAndTooWideValuesAreRefused() {
    RegisterValues values = new RegisterValues(Architecture.ARM);
    assertThatThrownBy(() -> values.set(Arm64.PC, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> values.find(X86.RIP)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> values.set(Arm.PC, 1L << 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("pc", "32 bits");
    assertThat(values.set(Arm.TTBR0, 1L << 32).get(Arm.TTBR0)).isEqualTo(1L << 32);
  }

  @Test
  void valuesAreEqualByWhatIsKnown() {
    RegisterValues values = new RegisterValues(Architecture.X86).set(X86.TSC_AUX, 5);
    RegisterValues copy = values.copy();
    assertThat(copy).isEqualTo(values).hasSameHashCodeAs(values);
    copy.set(X86.TSC_AUX, 6);
    assertThat(values.get(X86.TSC_AUX)).isEqualTo(5);
    assertThat(copy).isNotEqualTo(values);
    copy.clear();
    assertThat(copy).isEqualTo(new RegisterValues(Architecture.X86));
    assertThat(copy).isNotEqualTo(new RegisterValues(Architecture.X86_64));
  }

  @Test
  void recordedProcessorsStayAsTheyWere() {
    RegisterValues values = new RegisterValues(Architecture.X86_64).set(X86.RIP, 1);
    Vcpus vcpus = Vcpus.recorded(List.of(values));
    values.set(X86.RIP, 2);
    vcpus.vcpu(0).registers().set(X86.RIP, 3);
    assertThat(vcpus.vcpu(0).read(X86.RIP)).isEqualTo(1);
    assertThatThrownBy(() -> vcpus.vcpu(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
