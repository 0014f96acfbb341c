package org.vmi4j.api.cpu;

import java.util.Locale;
import org.vmi4j.api.Architecture;

/** The registers of AArch64: Arm ARM (DDI 0487), sections B1.2 and D19.2. */
public enum Arm64 implements Register {
  /** A general register. */
  X0,
  /** A general register. */
  X1,
  /** A general register. */
  X2,
  /** A general register. */
  X3,
  /** A general register. */
  X4,
  /** A general register. */
  X5,
  /** A general register. */
  X6,
  /** A general register. */
  X7,
  /** A general register. */
  X8,
  /** A general register. */
  X9,
  /** A general register. */
  X10,
  /** A general register. */
  X11,
  /** A general register. */
  X12,
  /** A general register. */
  X13,
  /** A general register. */
  X14,
  /** A general register. */
  X15,
  /** A general register. */
  X16,
  /** A general register. */
  X17,
  /** A general register. */
  X18,
  /** A general register. */
  X19,
  /** A general register. */
  X20,
  /** A general register. */
  X21,
  /** A general register. */
  X22,
  /** A general register. */
  X23,
  /** A general register. */
  X24,
  /** A general register. */
  X25,
  /** A general register. */
  X26,
  /** A general register. */
  X27,
  /** A general register. */
  X28,
  /** A general register. */
  X29,
  /** A general register. */
  X30,
  /** The stack pointer in use: SP_EL0 or SP_EL1. */
  SP,
  /** The address of the next instruction. */
  PC,
  /** The process state: condition flags, masks, exception level; laid out as in SPSR_EL1. */
  PSTATE,
  /** The stack pointer of EL0. */
  SP_EL0,
  /** The stack pointer of EL1. */
  SP_EL1,
  /** Where the exception that was taken to EL1 returns to. */
  ELR_EL1,
  /** The process state that the exception that was taken to EL1 returns to. */
  SPSR_EL1,
  /** The system control register: the MMU is switched on here. */
  SCTLR_EL1,
  /** The translation control register: granules and sizes of the two halves. */
  TCR_EL1,
  /** The top table of the lower half of the addresses, and an ASID. */
  TTBR0_EL1,
  /** The top table of the upper half of the addresses, and an ASID. */
  TTBR1_EL1,
  /** The thread pointer of a program. */
  TPIDR_EL0;

  private final String label = name().toLowerCase(Locale.ROOT);

  @Override
  public String label() {
    return label;
  }

  @Override
  public int bits() {
    return Long.SIZE;
  }

  @Override
  @SuppressWarnings("EnumOrdinal")
  public int index() {
    return ordinal();
  }

  @Override
  public boolean isOf(Architecture architecture) {
    return architecture == Architecture.AARCH64;
  }
}
