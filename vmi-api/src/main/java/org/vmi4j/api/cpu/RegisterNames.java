package org.vmi4j.api.cpu;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.vmi4j.api.Architecture;

/**
 * The registers of one enum.
 *
 * @param all in the order of their declaration
 * @param byLabel by their names for people
 */
record RegisterNames(List<Register> all, Map<String, Register> byLabel) {
  private static final RegisterNames OF_X86 = of(X86.values());
  private static final RegisterNames OF_ARM64 = of(Arm64.values());
  private static final RegisterNames OF_ARM = of(Arm.values());

  static RegisterNames of(Architecture architecture) {
    return switch (architecture) {
      case X86, X86_64 -> OF_X86;
      case AARCH64 -> OF_ARM64;
      case ARM -> OF_ARM;
    };
  }

  private static RegisterNames of(Register[] registers) {
    return new RegisterNames(
        List.of(registers),
        Arrays.stream(registers)
            .collect(Collectors.toUnmodifiableMap(Register::label, Function.identity())));
  }
}
