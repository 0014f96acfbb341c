package org.vmi4j.api.cpu;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;

/**
 * Values of registers of one processor or thread. Any of them may be unknown: sources differ in
 * what they record. QEMU's dump of an AArch64 guest has no TTBR, its dump of an x86 guest no EFER.
 *
 * <p>It holds plain numbers and allocates nothing after its construction. It may be changed, and
 * changing it changes no machine; it is not safe for use by several threads.
 */
public final class RegisterValues {
  private final Architecture architecture;
  private final List<Register> registers;
  private final long[] values;
  private final long[] known;

  /** Creates values of which none is known yet. */
  public RegisterValues(Architecture architecture) {
    this.architecture = architecture;
    this.registers = Register.of(architecture);
    this.values = new long[registers.size()];
    this.known = new long[(values.length - 1) / Long.SIZE + 1];
  }

  private RegisterValues(RegisterValues other) {
    this.architecture = other.architecture;
    this.registers = other.registers;
    this.values = other.values.clone();
    this.known = other.known.clone();
  }

  /** Receives registers with their values. */
  @FunctionalInterface
  public interface Visitor {
    /** Receives one register that is known. */
    void visit(Register register, long value);
  }

  /** The architecture whose registers these are. */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * Returns whether the value of a register is known.
   *
   * @throws IllegalArgumentException if it is a register of another architecture
   */
  public boolean has(Register register) {
    return isKnown(indexOf(register));
  }

  /**
   * Returns the value of a register.
   *
   * @throws VmiException if it is not known
   * @throws IllegalArgumentException if it is a register of another architecture
   */
  public long get(Register register) {
    int index = indexOf(register);
    if (!isKnown(index)) {
      throw new VmiException("the register " + register.label() + " is not known here");
    }
    return values[index];
  }

  /**
   * Returns the value of a register, or another one if it is not known.
   *
   * @throws IllegalArgumentException if it is a register of another architecture
   */
  public long getOr(Register register, long otherwise) {
    int index = indexOf(register);
    return isKnown(index) ? values[index] : otherwise;
  }

  /**
   * Returns the value of a register, if it is known.
   *
   * @throws IllegalArgumentException if it is a register of another architecture
   */
  public OptionalLong find(Register register) {
    int index = indexOf(register);
    return isKnown(index) ? OptionalLong.of(values[index]) : OptionalLong.empty();
  }

  /**
   * Sets the value of a register.
   *
   * @return these values
   * @throws IllegalArgumentException if it is a register of another architecture, or the value is
   *     wider than the register
   */
  public RegisterValues set(Register register, long value) {
    int index = indexOf(register);
    if (register.bits() < Long.SIZE && value >>> register.bits() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "0x%x is wider than register %s, which has %d bits",
              value,
              register.label(),
              register.bits()));
    }
    values[index] = value;
    known[index / Long.SIZE] |= 1L << index;
    return this;
  }

  /** Makes all registers unknown, so that this can be filled anew. */
  public void clear() {
    Arrays.fill(known, 0);
  }

  /** Returns whether no register is known, as of a processor that is down. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Returns how many registers are known. */
  public int size() {
    int size = 0;
    for (long word : known) {
      size += Long.bitCount(word);
    }
    return size;
  }

  /** Visits all known registers in the order of their declaration. */
  public void forEach(Visitor visitor) {
    for (int index = 0; index < values.length; index++) {
      if (isKnown(index)) {
        visitor.visit(registers.get(index), values[index]);
      }
    }
  }

  /** Returns a copy that changes independently. */
  public RegisterValues copy() {
    return new RegisterValues(this);
  }

  private int indexOf(Register register) {
    if (!register.isOf(architecture)) {
      throw new IllegalArgumentException(
          register.label() + " is not a register of " + architecture);
    }
    return register.index();
  }

  private boolean isKnown(int index) {
    return (known[index / Long.SIZE] & 1L << index) != 0;
  }

  /** Returns whether the other one knows the same registers, with the same values. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof RegisterValues that)
        || architecture != that.architecture
        || !Arrays.equals(known, that.known)) {
      return false;
    }
    for (int index = 0; index < values.length; index++) {
      if (isKnown(index) && values[index] != that.values[index]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = architecture.hashCode();
    for (int index = 0; index < values.length; index++) {
      hash = 31 * hash + (isKnown(index) ? Long.hashCode(values[index]) : 0);
    }
    return hash;
  }

  /** The architecture and the known registers in hexadecimal. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(architecture.toString());
    forEach(
        (register, value) ->
            text.append(String.format(Locale.ROOT, " %s=0x%x", register.label(), value)));
    return text.toString();
  }
}
