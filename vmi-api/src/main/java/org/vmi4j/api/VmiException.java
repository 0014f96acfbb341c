package org.vmi4j.api;

/**
 * The root of every error that vmi4j raises. Its message names the cause and the next step, so that
 * it can be shown to a user as it is.
 */
public class VmiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message the cause, and what to do about it
   */
  public VmiException(String message) {
    super(message);
  }

  /**
   * Creates an error that another one led to.
   *
   * @param message the cause, and what to do about it
   * @param cause the error underneath
   */
  public VmiException(String message, Throwable cause) {
    super(message, cause);
  }
}
