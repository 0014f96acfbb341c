package org.vmi4j.api;

/** The machine is there, and the operating system or the hypervisor denies access to it. */
public class VmAccessException extends VmiException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message what is denied, and how to obtain it
   */
  public VmAccessException(String message) {
    super(message);
  }

  /**
   * Creates an error that another one led to.
   *
   * @param message what is denied, and how to obtain it
   * @param cause the error underneath
   */
  public VmAccessException(String message, Throwable cause) {
    super(message, cause);
  }
}
