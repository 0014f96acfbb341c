package org.vmi4j.api.cpu;

import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;

/**
 * A register of a processor: a constant of {@link X86}, {@link Arm64} or {@link Arm}. Each is
 * declared once, by the name that the manual of its architecture gives it; where a hypervisor's or
 * a file's record keeps it, a {@link RegisterLayout} says.
 */
public sealed interface Register permits X86, Arm64, Arm {

  /** The name for people, in lower case: {@code rip}, {@code ttbr1_el1}. */
  String label();

  /** The width in bits. Values are unsigned, in the low bits of a {@code long}. */
  int bits();

  /** The place among the registers of the same enum, from 0. */
  int index();

  /** Returns whether processors of an architecture have this register. */
  boolean isOf(Architecture architecture);

  /** Returns all registers of an architecture, in the order of their {@link #index}. */
  static List<Register> of(Architecture architecture) {
    return RegisterNames.of(architecture).all();
  }

  /** Finds a register of an architecture by its {@link #label}. */
  static Optional<Register> named(Architecture architecture, String label) {
    return Optional.ofNullable(RegisterNames.of(architecture).byLabel().get(label));
  }
}
