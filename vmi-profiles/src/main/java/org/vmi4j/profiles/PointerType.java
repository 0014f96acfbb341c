package org.vmi4j.profiles;

import java.util.function.Supplier;

/** A pointer to another type. */
public final class PointerType implements Type {
  private final long size;
  private final Supplier<Type> target;

  /** Creates a pointer of {@code size} bytes; its target is resolved on first use. */
  public PointerType(long size, Supplier<Type> target) {
    this.size = size;
    this.target = target;
  }

  /** Returns the type that it points to. */
  public Type target() {
    return target.get();
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String toString() {
    return Declaration.of(this, "");
  }
}
