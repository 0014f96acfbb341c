package org.vmi4j.api.event;

import org.vmi4j.api.Capability;

/**
 * The capability to give processors different views of guest-physical memory: each with rights of
 * its own ({@link FrameRights}), and with other frames in place of some. View 0 is the machine's
 * own. What is changed is undone when the {@link EventChannel} is closed.
 */
public interface Views extends Capability {

  /** Returns how many views there may be, with view 0. */
  int limit();

  /**
   * Creates a view of the same memory.
   *
   * @param access the rights of its frames
   * @return its number
   * @throws org.vmi4j.api.VmiException if there are too many, or the source cannot
   */
  int create(FrameAccess access);

  /** Destroys a view that no processor uses. */
  void destroy(int view);

  /** Lets all processors use a view. */
  void switchTo(int view);

  /**
   * Puts one frame in the place of another in a view. The rights of the place are those of the
   * machine's own view afterwards.
   *
   * @param frame the number of the place
   * @param replacement the number of the frame that is seen there
   */
  void remap(int view, long frame, long replacement);

  /** Undoes {@link #remap}. */
  void restore(int view, long frame);
}
