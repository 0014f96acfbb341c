package org.vmi4j.profiles;

import org.vmi4j.api.VmiException;

/**
 * Reports that a profile cannot be read, or lacks something required. The message names the
 * profile's origin, what was found there, and what was expected.
 */
public final class ProfileException extends VmiException {
  private static final long serialVersionUID = 1L;

  /** Creates an error from its message. */
  public ProfileException(String message) {
    super(message);
  }

  /** Creates an error from its message and its cause. */
  public ProfileException(String message, Throwable cause) {
    super(message, cause);
  }
}
