package org.vmi4j.os.internal;

import java.util.function.Supplier;

/** A value that is computed on first use and then kept. Safe for use by several threads. */
public final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private T value;

  /**
   * Creates a value that is not computed yet.
   *
   * @param maker computes the value; what it throws is passed to the caller, and the next call
   *     tries again
   */
  public Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public synchronized T get() {
    if (value == null) {
      value = maker.get();
    }
    return value;
  }
}
