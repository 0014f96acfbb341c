package org.vmi4j.events;

/** How a breakpoint instruction gets into the guest's code. Addresses are guest-physical. */
interface Placement {

  /** Puts breakpoint instructions in the place of code. */
  void place(long address);

  /** Puts back what the guest has there. */
  void remove(long address);

  /** Puts back what the guest has there until {@link #restore}. */
  void lift(long address);

  /**
   * Puts a breakpoint instruction that was lifted into the place of what the guest has there now.
   */
  void restore(long address);

  /**
   * Reads the guest's own code, as if there were no breakpoints.
   *
   * @return how many bytes there are up to the end of the page, at most the length of the array
   */
  int original(long address, byte[] into);

  /** The guest has written to a frame; breakpoints in it are placed anew. */
  void refresh(long frame);
}
