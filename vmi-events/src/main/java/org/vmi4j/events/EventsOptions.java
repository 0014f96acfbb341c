package org.vmi4j.events;

import java.time.Duration;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.vmi4j.api.event.Event;

/**
 * How a loop waits and what it does with failures. Options do not change; each method returns
 * others.
 *
 * @param spin how long the loop looks for events without sleeping, after the last one; a longer
 *     time answers sooner and keeps a processor of the host busy
 * @param quiet how long rights and breakpoints that had to be lifted stay lifted, on machines that
 *     cannot execute a single instruction
 * @param views whether watches and breakpoints are hidden in a view of their own, where the machine
 *     has views
 * @param onFailure receives what handlers throw, with the event, in the loop's thread
 */
public record EventsOptions(
    Duration spin, Duration quiet, boolean views, BiConsumer<Event, Throwable> onFailure) {

  /** No spinning, and failures of handlers are logged. */
  public static final EventsOptions DEFAULTS =
      new EventsOptions(Duration.ZERO, Duration.ofMillis(20), true, EventsOptions::log);

  public EventsOptions {
    Objects.requireNonNull(spin);
    Objects.requireNonNull(quiet);
    Objects.requireNonNull(onFailure);
  }

  /** Returns options with another time of spinning. */
  public EventsOptions withSpin(Duration other) {
    return new EventsOptions(other, quiet, views, onFailure);
  }

  /** Returns options with another time for which rights stay lifted. */
  public EventsOptions withQuiet(Duration other) {
    return new EventsOptions(spin, other, views, onFailure);
  }

  /** Returns options with which no view is used, so that the guest can see breakpoints. */
  public EventsOptions withoutViews() {
    return new EventsOptions(spin, quiet, false, onFailure);
  }

  /** Returns options with another receiver of failures. */
  public EventsOptions withOnFailure(BiConsumer<Event, Throwable> other) {
    return new EventsOptions(spin, quiet, views, other);
  }

  private static void log(Event event, Throwable failure) {
    System.getLogger(Events.class.getName())
        .log(System.Logger.Level.WARNING, "a handler failed at " + event, failure);
  }
}
