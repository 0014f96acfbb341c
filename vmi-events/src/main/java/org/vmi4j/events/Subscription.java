package org.vmi4j.events;

/** A subscription to events, which lasts until it is closed. */
public interface Subscription extends AutoCloseable {

  /** Returns whether it still receives events. */
  boolean isOpen();

  /**
   * Ends it: its handler is not called again, and what was done to the guest for it alone is
   * undone. Any thread may call this; it returns when that is done. A second call does nothing.
   */
  @Override
  void close();
}
