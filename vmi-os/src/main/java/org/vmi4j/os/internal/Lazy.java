package org.vmi4j.os.internal;

import java.util.function.Supplier;

/** A value that is made when it is first asked for, and then kept. Safe for several threads. */
public final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private T value;

  /**
   * Creates a value that is not made yet.
   *
   * @param maker makes it; what it throws reaches the caller, and the next call tries again
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
