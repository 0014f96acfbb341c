package org.vmi4j.api.cpu;

import java.util.Locale;
import org.vmi4j.api.Architecture;

/** The registers of AArch32: Arm ARM (DDI 0487), sections E1.2 and G8.2. */
public enum Arm implements Register {
  /** A general register. */
  R0,
  /** A general register. */
  R1,
  /** A general register. */
  R2,
  /** A general register. */
  R3,
  /** A general register. */
  R4,
  /** A general register. */
  R5,
  /** A general register. */
  R6,
  /** A general register. */
  R7,
  /** A general register. */
  R8,
  /** A general register. */
  R9,
  /** A general register. */
  R10,
  /** A general register. */
  R11,
  /** A general register. */
  R12,
  /** The stack pointer of the mode in use, R13. */
  SP,
  /** The link register of the mode in use, R14. */
  LR,
  /** The address of the next instruction, R15. */
  PC,
  /** The process state: condition flags, masks, mode. */
  CPSR,
  /** Linux's ORIG_R0: R0 as it was at the entry to the kernel. */
  ORIG_R0,
  /** The system control register: the MMU is switched on here. */
  SCTLR,
  /**
   * The translation table base control register: which format, and how the addresses are shared
   * out.
   */
  TTBCR,
  /** The top table of the lower addresses; of 64 bits with long descriptors. */
  TTBR0(64),
  /** The top table of the upper addresses; of 64 bits with long descriptors. */
  TTBR1(64);

  private final String label = name().toLowerCase(Locale.ROOT);
  private final int bits;

  Arm() {
    this(Integer.SIZE);
  }

  Arm(int bits) {
    this.bits = bits;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public int bits() {
    return bits;
  }

  @Override
  @SuppressWarnings("EnumOrdinal")
  public int index() {
    return ordinal();
  }

  @Override
  public boolean isOf(Architecture architecture) {
    return architecture == Architecture.ARM;
  }
}
