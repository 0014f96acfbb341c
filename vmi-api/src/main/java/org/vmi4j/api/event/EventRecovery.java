package org.vmi4j.api.event;

import org.vmi4j.api.Capability;
import org.vmi4j.api.lifecycle.Change;

/**
 * The capability to bring a machine back whose last program ended without closing its {@link
 * EventChannel}: it was killed. The machine then stands still, because its processors wait for
 * answers that nobody gives.
 */
public interface EventRecovery extends Capability {

  /** Returns whether a program monitors the machine, or one did that was killed. */
  boolean isMonitored();

  /**
   * Ends all monitoring, and lets every processor run on that waits for an answer. It does no harm
   * to a machine that nobody monitors. A program that monitors the machine meanwhile loses its
   * channel.
   *
   * <p>It undoes nothing else: added frames, views and changed memory stay as they are until {@link
   * #undo}.
   *
   * @throws org.vmi4j.api.VmiException if the machine cannot report events, refuses, or its channel
   *     is open here
   */
  void releaseVcpus();

  /**
   * Undoes a change that a killed program recorded: a pause, the use of views, an added frame. What
   * is undone already is no error.
   *
   * @throws IllegalArgumentException if the change is of another kind
   * @throws org.vmi4j.api.VmiException if the hypervisor refuses
   */
  void undo(Change change);
}
