package org.vmi4j.api.spi;

import java.nio.ByteBuffer;

/**
 * Guest memory mapped for one write, which ends with {@link #close}: no mapping that can change the
 * guest outlives the write that it was made for.
 */
public interface WritableFrames extends AutoCloseable {

  /**
   * The memory, from position 0 to the limit; little-endian order is not assumed. It has at least
   * one byte, and may be shorter than the operation.
   */
  ByteBuffer bytes();

  /** Ends the write: what was written is visible to the guest, and nothing stays mapped. */
  @Override
  void close();
}
