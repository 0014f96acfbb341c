package org.vmi4j.profiles;

import java.util.Optional;

/** The value of a member of a structure, by the kind of its type. */
public sealed interface StructValue {
  /**
   * A number; an unsigned one may use all 64 bits.
   *
   * @param value the number
   * @param signed whether it has a sign
   */
  record Numeric(long value, boolean signed) implements StructValue {
    @Override
    public String toString() {
      return signed ? Long.toString(value) : Long.toUnsignedString(value);
    }
  }

  /**
   * A named constant of an enumeration.
   *
   * @param name the name
   * @param value the number
   */
  record Constant(String name, long value) implements StructValue {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A pointer.
   *
   * @param target the address that it holds
   * @param symbol the name of the symbol at exactly that address, if there is one
   */
  record Pointer(long target, Optional<String> symbol) implements StructValue {
    @Override
    public String toString() {
      return hex(target) + symbol.map(name -> " " + name).orElse("");
    }
  }

  /**
   * An array of characters that holds printable text.
   *
   * @param text the text, without the zero byte that ends it
   */
  record Text(String text) implements StructValue {
    @Override
    public String toString() {
      return '"' + text + '"';
    }
  }

  /**
   * A member without a single value: a structure, an array, a floating-point number.
   *
   * @param address its address
   */
  record Place(long address) implements StructValue {
    @Override
    public String toString() {
      return "at " + hex(address);
    }
  }

  /**
   * A member that is not in memory.
   *
   * @param why the fault that occurred when it was read
   */
  record Unreadable(String why) implements StructValue {
    @Override
    public String toString() {
      return "not readable";
    }
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
