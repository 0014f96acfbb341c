package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;

/** Registers are set in guests that go on afterwards as if nothing had been. */
class RegistersTest {
  private static final long VALUE = 0x0123_4567_89ab_cdefL;

  /** It counts on while nothing runs. */
  private static final String CLOCK = "tsc";

  @ParameterizedTest
  @MethodSource("org.vmi4j.lab.Truth#all")
  void aRegisterThatIsSetIsReadBackAndTheOthersStay(Truth truth) {
    try (Vm vm = Vmi.open(truth.uri())) {
      String name = vm.architecture().orElseThrow() == Architecture.X86_64 ? "r15" : "x19";
      Map<String, Long> before = new HashMap<>();
      Map<String, Long> changed = new HashMap<>();
      Map<String, Long> after = new HashMap<>();
      vm.require(Pausing.class)
          .whilePaused(
              () -> {
                WritableVcpus vcpus = vm.require(WritableVcpus.class);
                before.putAll(values(vm));
                vcpus.write(0, Map.of(name, VALUE));
                changed.putAll(values(vm));
                vcpus.write(0, Map.of(name, before.get(name)));
                after.putAll(values(vm));
                return after;
              });
      assertThat(after).isEqualTo(before);
      assertThat(changed.put(name, before.get(name))).isEqualTo(VALUE);
      assertThat(changed).isEqualTo(before);
    }
    assertItRuns(truth);
  }

  @ParameterizedTest
  @MethodSource("org.vmi4j.lab.Truth#all")
  void aRegisterThatIsNotThereIsRefusedAndNothingIsChanged(Truth truth) {
    try (Vm vm = Vmi.open(truth.uri())) {
      WritableVcpus vcpus = vm.require(WritableVcpus.class);
      assertThatThrownBy(() -> vcpus.write(0, Map.of("nonsense", 1L)))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("nonsense");
      assertThatThrownBy(() -> vcpus.write(1000, Map.of("rax", 1L)))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("1000");
    }
    assertItRuns(truth);
  }

  private static Map<String, Long> values(Vm vm) {
    Map<String, Long> values = new HashMap<>(vm.require(Vcpus.class).registers().get(0).values());
    values.remove(CLOCK);
    return values;
  }

  private static void assertItRuns(Truth truth) {
    assertThat(Dom0.run("/lab/truth", truth.guest(), "word", "1", "0")).contains("@@@ end");
  }
}
