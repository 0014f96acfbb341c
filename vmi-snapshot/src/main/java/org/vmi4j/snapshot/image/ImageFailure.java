package org.vmi4j.snapshot.image;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.VmAccessException;
import org.vmi4j.api.VmiException;

/** Converts failures of input and output. */
public final class ImageFailure {
  private ImageFailure() {}

  /** Converts a failure to an error: a thread that was interrupted has been cancelled. */
  public static RuntimeException of(String message, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new CancellationException("stopped");
    }
    return cause instanceof AccessDeniedException
        ? new VmAccessException(message, cause)
        : new VmiException(message, cause);
  }
}
