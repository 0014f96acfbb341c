package org.vmi4j.api;

/**
 * The virtual machine no longer exists: its domain was destroyed, or has ended, while it was open.
 * Every later call on it ends with this; all that is left to do is to close it.
 */
public class VmGoneException extends VmiException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message which machine is gone
   */
  public VmGoneException(String message) {
    super(message);
  }
}
