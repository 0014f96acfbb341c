package org.vmi4j.api.event;

import org.vmi4j.api.Capability;

/**
 * The capability to restrict what a guest may do with frames of its memory, so that what it does
 * beyond is reported as a {@link MemoryAccessEvent}. It needs an open {@link EventChannel}, which
 * lifts all restrictions when it is closed.
 */
public interface FrameRights extends Capability {

  /**
   * Sets the rights of frames in a row.
   *
   * @param view which view; 0 is the one that every machine has
   * @param first the number of the first frame
   * @param count how many frames; those that are absent are passed over
   * @throws IllegalArgumentException if the processor cannot express the rights: Intel's EPT has no
   *     frames that may be written and not read (Intel SDM volume 3C, 29.3.3.1)
   * @throws org.vmi4j.api.VmiException if there is no channel, or the source cannot
   */
  void set(int view, long first, long count, FrameAccess access);

  /**
   * Returns the rights of one frame.
   *
   * @throws org.vmi4j.api.VmiException if there is no channel, no such frame, or the source cannot
   */
  FrameAccess get(int view, long frame);
}
