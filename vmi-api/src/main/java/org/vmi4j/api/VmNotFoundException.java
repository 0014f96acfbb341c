package org.vmi4j.api;

/** There is no machine of the given name, number or path. */
public class VmNotFoundException extends VmiException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message which machine was looked for, and which ones there are
   */
  public VmNotFoundException(String message) {
    super(message);
  }
}
