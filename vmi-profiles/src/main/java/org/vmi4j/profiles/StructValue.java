package org.vmi4j.profiles;

import java.util.Optional;

/** The value of a member of a structure, by what kind of value its type has. */
public sealed interface StructValue {
  /**
   * A number; of an unsigned type all 64 bits may be used.
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
   * A number that an enumeration names.
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
   * @param symbol the name of what is at exactly that address, if it has one
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
   * What has no single value: a structure, an array, a floating-point number.
   *
   * @param address where it is
   */
  record Place(long address) implements StructValue {
    @Override
    public String toString() {
      return "at " + hex(address);
    }
  }

  /**
   * What is not in memory.
   *
   * @param why the fault that reading it ended with
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
