package org.vmi4j.api.lifecycle;

/** The failures of several actions: the first of them, and the others as suppressed exceptions. */
public final class Failures {
  private Throwable first;

  /** Creates a list without a failure. */
  public Failures() {}

  Failures(Throwable first) {
    this.first = first;
  }

  /** Runs an action, and keeps what it throws. */
  public void collect(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      add(e);
    }
  }

  /** Adds a failure: a {@link RuntimeException} or an {@link Error}. */
  public void add(Throwable failure) {
    if (first == null) {
      first = failure;
    } else if (first != failure) {
      first.addSuppressed(failure);
    }
  }

  /** Returns whether there was none. */
  public boolean isEmpty() {
    return first == null;
  }

  /** Throws the first failure, if there was one. */
  public void throwAny() {
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException failure) {
      throw failure;
    }
  }
}
