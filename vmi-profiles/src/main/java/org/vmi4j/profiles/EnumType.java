package org.vmi4j.profiles;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** An enumeration. */
public final class EnumType implements Type {
  private final String name;
  private final long size;
  private final boolean signed;
  private final Supplier<List<Constant>> source;
  private List<Constant> constants;

  /** Creates an enumeration; its constants are resolved once, on first use. */
  public EnumType(String name, long size, boolean signed, Supplier<List<Constant>> constants) {
    this.name = name;
    this.size = size;
    this.signed = signed;
    this.source = constants;
  }

  /**
   * A value and its name.
   *
   * @param name the name
   * @param value the value, unsigned if the enumeration is unsigned
   */
  public record Constant(String name, long value) {}

  /** Returns the constants, in the order of their declaration where the profile keeps it. */
  public List<Constant> constants() {
    List<Constant> known = constants;
    if (known == null) {
      known = List.copyOf(source.get());
      constants = known;
    }
    return known;
  }

  /** Returns the first name of a value. */
  public Optional<String> nameOf(long value) {
    for (Constant constant : constants()) {
      if (constant.value() == value) {
        return Optional.of(constant.name());
      }
    }
    return Optional.empty();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean signed() {
    return signed;
  }

  @Override
  public String toString() {
    return Declaration.of(this, "");
  }
}
