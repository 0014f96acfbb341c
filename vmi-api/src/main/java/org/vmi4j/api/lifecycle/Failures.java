package org.vmi4j.api.lifecycle;

/** The failures of several actions: the first of them, and the others as suppressed exceptions. */
final class Failures {
  private Throwable first;

  Failures() {}

  Failures(Throwable first) {
    this.first = first;
  }

  /** Runs an action, and keeps what it throws. */
  void collect(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      if (first == null) {
        first = e;
      } else if (first != e) {
        first.addSuppressed(e);
      }
    }
  }

  /** Throws the first failure, if there was one. */
  void throwAny() {
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException failure) {
      throw failure;
    }
  }
}
