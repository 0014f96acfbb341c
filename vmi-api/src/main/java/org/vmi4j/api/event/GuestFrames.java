package org.vmi4j.api.event;

import org.vmi4j.api.Capability;

/**
 * The capability to add frames to a machine's memory, where the guest does not look for any: for
 * copies of its pages. What is added is removed when the {@link EventChannel} is closed.
 */
public interface GuestFrames extends Capability {

  /**
   * Adds one frame of zeros.
   *
   * @return its number
   * @throws org.vmi4j.api.VmiException if the host has no memory left, or refuses
   */
  long add();

  /**
   * Writes into a frame that was added, which the machine's physical memory may not include.
   *
   * @param offset where in the frame
   * @param bytes not beyond its end
   */
  void write(long frame, int offset, byte[] bytes);

  /** Removes a frame that was added. */
  void remove(long frame);
}
