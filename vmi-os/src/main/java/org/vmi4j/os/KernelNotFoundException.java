package org.vmi4j.os;

import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;

/** Reports that no supported operating system was found in a machine's memory. */
public class KernelNotFoundException extends VmiException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message what was looked for, and what was found instead
   * @param remedies what the caller can supply
   */
  public KernelNotFoundException(String message, Remedy... remedies) {
    super(message, remedies);
  }
}
