package org.vmi4j.api;

import java.util.Set;

/**
 * The root of every error that vmi4j raises. Its message states what failed and why, and what to do
 * about it where that does not depend on the program; what does is a {@link Remedy}.
 */
public class VmiException extends RuntimeException {
  private static final long serialVersionUID = 2L;

  private final Remedy[] remedies;

  /**
   * Creates an error.
   *
   * @param message the cause, and what to do about it
   * @param remedies what the caller can supply or change
   */
  public VmiException(String message, Remedy... remedies) {
    super(message);
    this.remedies = remedies.clone();
  }

  /**
   * Creates an error that another one led to.
   *
   * @param message the cause, and what to do about it
   * @param cause the error underneath
   * @param remedies what the caller can supply or change
   */
  public VmiException(String message, Throwable cause, Remedy... remedies) {
    super(message, cause);
    this.remedies = remedies.clone();
  }

  /** What the caller can supply or change so that the operation may succeed; empty if unknown. */
  public final Set<Remedy> remedies() {
    return Set.of(remedies);
  }
}
