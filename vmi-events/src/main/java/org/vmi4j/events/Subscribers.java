package org.vmi4j.events;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.Response;

/**
 * The subscribers of one kind of event, or of one place. They are called in the order of their
 * subscription. Changes while an event is dispatched hold from the next one on.
 */
final class Subscribers {
  private static final Subscriber<?>[] NONE = {};

  /** Replaced, never changed: a handler may subscribe while it is called. */
  private Subscriber<?>[] all = NONE;

  private final BiConsumer<Event, Throwable> onFailure;

  /**
   * @param onFailure receives what handlers throw
   */
  Subscribers(BiConsumer<Event, Throwable> onFailure) {
    this.onFailure = onFailure;
  }

  boolean isEmpty() {
    return all.length == 0;
  }

  void add(Subscriber<?> subscriber) {
    Subscriber<?>[] more = Arrays.copyOf(all, all.length + 1);
    more[all.length] = subscriber;
    all = more;
  }

  void remove(Subscriber<?> subscriber) {
    all = Arrays.stream(all).filter(each -> each != subscriber).toArray(Subscriber<?>[]::new);
  }

  /** Has those that an event concerns answer it, and combines the answers. */
  Response dispatch(Event event) {
    Response response = Response.resume();
    for (Subscriber<?> subscriber : all) {
      if (subscriber.selects(event)) {
        response = Responses.combine(response, answer(subscriber, event));
      }
    }
    return response;
  }

  /** A handler that fails must neither keep the processor waiting nor the other handlers. */
  private Response answer(Subscriber<?> subscriber, Event event) {
    try {
      return Objects.requireNonNull(subscriber.answer(event), "a handler returned no response");
    } catch (Throwable e) {
      onFailure.accept(event, e);
      return Response.resume();
    }
  }
}
