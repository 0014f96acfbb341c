package org.vmi4j.api.event;

import org.vmi4j.api.Capability;

/**
 * The capability to hear what a machine does. A machine has one channel at a time; programs share
 * it through the module vmi-events.
 */
public interface EventSource extends Capability {

  /** Returns what the source can do with this machine. */
  EventFeatures features();

  /**
   * Opens the channel. Nothing is reported until something is monitored.
   *
   * <p>What the channel does to the machine is undone when it is closed, when the machine is
   * closed, and when the JVM ends in an orderly way.
   *
   * @throws org.vmi4j.api.VmiException if the machine cannot report events, or is monitored by
   *     another program already
   */
  EventChannel open();
}
