package org.vmi4j.snapshot.image;

import java.io.IOException;

/** A format of memory images. */
public interface ImageFormat {

  /** Returns whether a file is of this format, by its content. */
  boolean recognises(ImageFile file) throws IOException;

  /**
   * Reads the header of an image of this format.
   *
   * @throws org.vmi4j.api.VmiException if it is damaged or not supported
   */
  Image open(ImageFile file) throws IOException;

  /** Returns whether the format states where memory is, so that holes cannot be given. */
  default boolean describesLayout() {
    return true;
  }
}
