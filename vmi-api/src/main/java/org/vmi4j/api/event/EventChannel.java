package org.vmi4j.api.event;

import java.time.Duration;

/**
 * The way of events from a machine to one thread. One thread at a time may call its methods, save
 * {@link #wakeUp}, which any may.
 *
 * <p>Every event is answered: if a handler throws, the processor resumes, and the exception leaves
 * {@link #receive} after the other events that were there.
 */
public interface EventChannel extends AutoCloseable {

  /** Answers one event. */
  @FunctionalInterface
  interface Handler {
    /**
     * Receives an event.
     *
     * @param event valid until this returns
     * @return what the processor does next; not null
     */
    Response onEvent(Event event);
  }

  /**
   * Begins to report something. Does nothing if it is reported already.
   *
   * @throws org.vmi4j.api.VmiException if the source cannot; nothing is changed then
   */
  void enable(Monitor monitor);

  /** Ends reporting something. Does nothing if it is not reported. */
  void disable(Monitor monitor);

  /**
   * Waits until there are events or the time is over, and has all that are there answered.
   *
   * @param handler answers them, in the order of their arrival
   * @param timeout how long to wait for the first one; zero does not wait
   * @return how many events were answered
   * @throws org.vmi4j.api.VmGoneException if the machine is gone; no call is made on it afterwards
   */
  int receive(Handler handler, Duration timeout);

  /** Ends the waiting of {@link #receive}, now or the next time. Any thread may call it. */
  void wakeUp();

  /**
   * Pauses the machine, answers what is waiting, undoes all that was changed, and resumes the
   * machine, if it was this that paused it. A second call does nothing.
   */
  @Override
  void close();
}
