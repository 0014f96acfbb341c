package org.vmi4j.events;

import java.util.function.Predicate;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.Response;

/**
 * One handler with what selects its events.
 *
 * @param <E> the class of the events that {@code selected} lets pass
 */
final class Subscriber<E extends Event> implements Subscription {
  private final Class<E> type;
  private final Predicate<? super E> selected;
  private final EventFilter filter;
  private final EventHandler<? super E> handler;
  private final LoopOwner owner;
  private Runnable undo = () -> {};
  private volatile boolean open = true;

  Subscriber(
      Class<E> type,
      Predicate<? super E> selected,
      EventFilter filter,
      EventHandler<? super E> handler,
      LoopOwner owner) {
    this.type = type;
    this.selected = selected;
    this.filter = filter;
    this.handler = handler;
    this.owner = owner;
  }

  /** Sets what ends the subscription; called by the owner of the loop, once. */
  void onClose(Runnable action) {
    undo = action;
  }

  /** Returns whether an event is one of its own. */
  boolean selects(Event event) {
    return open
        && type.isInstance(event)
        && selected.test(type.cast(event))
        && filter.matches(event);
  }

  /** Has the handler answer an event that was selected. */
  Response answer(Event event) throws Exception {
    return handler.on(type.cast(event));
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    owner.call(
        () -> {
          if (open) {
            open = false;
            undo.run();
          }
          return null;
        });
  }
}
