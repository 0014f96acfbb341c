package org.vmi4j.events;

import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.Response;

/** Receives the events of a subscription, in the loop's thread. */
@FunctionalInterface
public interface EventHandler<E extends Event> {

  /**
   * Receives one event. The processor waits until this returns, so it should be quick; it may read
   * the machine's memory and registers, and may add and close subscriptions.
   *
   * @param event valid until this returns; {@link Event#keep} returns a copy that lasts
   * @return what the processor does next. What several subscribers answer is combined: see {@link
   *     Events}
   * @throws Exception is reported to {@link EventsOptions#onFailure}; the processor goes on
   */
  Response on(E event) throws Exception;
}
