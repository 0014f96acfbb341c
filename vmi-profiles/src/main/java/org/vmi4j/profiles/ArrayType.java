package org.vmi4j.profiles;

import java.util.function.Supplier;

/** An array; a count of 0 means a flexible array member. */
public final class ArrayType implements Type {
  private final Supplier<Type> element;
  private final long count;

  /** Creates an array of {@code count} elements; their type is resolved on first use. */
  public ArrayType(Supplier<Type> element, long count) {
    this.element = element;
    this.count = count;
  }

  /** Returns the type of each element. */
  public Type element() {
    return element.get();
  }

  /** Returns how many elements there are. */
  public long count() {
    return count;
  }

  @Override
  public String name() {
    return "";
  }

  /**
   * {@inheritDoc}
   *
   * @throws ProfileException if the size does not fit a {@code long}, or arrays nest too deep
   */
  @Override
  public long size() {
    long size = count;
    Type inner = element();
    for (int depth = 0; depth < Limits.NESTING; depth++) {
      if (!(inner instanceof ArrayType array)) {
        return times(size, inner.size());
      }
      size = times(size, array.count);
      inner = array.element();
    }
    throw new ProfileException("an array nests more than " + Limits.NESTING + " deep");
  }

  private static long times(long left, long right) {
    if (Math.multiplyHigh(left, right) != 0 || left * right < 0) {
      throw new ProfileException("an array of " + left + " times " + right + " bytes is too large");
    }
    return left * right;
  }

  @Override
  public String toString() {
    return Declaration.of(this, "");
  }
}
