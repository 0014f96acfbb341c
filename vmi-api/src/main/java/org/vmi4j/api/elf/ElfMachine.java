package org.vmi4j.api.elf;

import java.util.Arrays;
import java.util.Optional;
import org.vmi4j.api.Architecture;

/** The field {@code e_machine} of an ELF header: System V ABI, chapter 4, and elf.h of Linux. */
public enum ElfMachine {
  /** EM_386. */
  X86(3, Architecture.X86),
  /** EM_ARM. */
  ARM(40, Architecture.ARM),
  /** EM_X86_64. */
  X86_64(62, Architecture.X86_64),
  /** EM_AARCH64. */
  AARCH64(183, Architecture.AARCH64);

  /** EM_NONE: the file does not say. */
  public static final int NONE = 0;

  private final int number;
  private final Architecture architecture;

  ElfMachine(int number, Architecture architecture) {
    this.number = number;
    this.architecture = architecture;
  }

  /** Returns the number of an architecture. */
  public static int of(Architecture architecture) {
    return Arrays.stream(values())
        .filter(machine -> machine.architecture == architecture)
        .findFirst()
        .orElseThrow()
        .number;
  }

  /** Returns the architecture of a number, if it is one that we know. */
  public static Optional<Architecture> architecture(int number) {
    return Arrays.stream(values())
        .filter(machine -> machine.number == number)
        .map(machine -> machine.architecture)
        .findFirst();
  }
}
