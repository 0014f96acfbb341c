package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.cpu.X86;

/** Registers are set in guests that go on afterwards as if nothing had been. */
class RegistersTest {
  private static final long VALUE = 0x0123_4567_89ab_cdefL;

  @ParameterizedTest
  @MethodSource("org.vmi4j.lab.Truth#all")
  void aRegisterThatIsSetIsReadBackAndTheOthersStay(Truth truth) {
    try (Vm vm = Vmi.open(truth.uri())) {
      Architecture architecture = vm.architecture().orElseThrow();
      Register register = architecture == Architecture.X86_64 ? X86.R15 : Arm64.X19;
      Vcpu vcpu = vm.require(Vcpus.class).vcpu(0);
      WritableVcpus vcpus = vm.require(WritableVcpus.class);
      vm.require(Pausing.class)
          .whilePaused(
              () -> {
                RegisterValues before = vcpu.registers();
                vcpus.write(0, new RegisterValues(architecture).set(register, VALUE));
                RegisterValues changed = vcpu.registers();
                vcpus.write(
                    0, new RegisterValues(architecture).set(register, before.get(register)));
                assertThat(vcpu.registers()).isEqualTo(before);
                assertThat(changed.get(register)).isEqualTo(VALUE);
                assertThat(changed.set(register, before.get(register))).isEqualTo(before);
                return before;
              });
    }
    assertItRuns(truth);
  }

  @ParameterizedTest
  @MethodSource("org.vmi4j.lab.Truth#all")
  void aRegisterThatIsNotThereIsRefusedAndNothingIsChanged(Truth truth) {
    try (Vm vm = Vmi.open(truth.uri())) {
      Architecture architecture = vm.architecture().orElseThrow();
      boolean x86 = architecture == Architecture.X86_64;
      Register computed = x86 ? X86.USER_CR3 : Arm64.SP;
      WritableVcpus vcpus = vm.require(WritableVcpus.class);
      assertThatThrownBy(() -> vcpus.write(0, new RegisterValues(architecture).set(computed, 1L)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(computed.label());
      assertThatThrownBy(() -> vcpus.write(1000, new RegisterValues(architecture)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("1000");
    }
    assertItRuns(truth);
  }

  private static void assertItRuns(Truth truth) {
    assertThat(Dom0.run("/lab/truth", truth.guest(), "word", "1", "0")).contains("@@@ end");
  }
}
