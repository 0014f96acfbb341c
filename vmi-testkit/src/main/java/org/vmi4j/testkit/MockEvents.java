package org.vmi4j.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.Response;

/**
 * A source of events that a test fires. What is monitored is kept, every answer too, and every call
 * is in the log of operations, where faults are injected.
 *
 * <p>A test that plays a processor reacts to answers with {@link #onAnswer}: it fires the single
 * step that an answer asked for, for example.
 */
public final class MockEvents implements EventSource {
  private final Operations operations;
  private final LinkedBlockingQueue<Signal> queue = new LinkedBlockingQueue<>();
  private final List<Answer> answers = new ArrayList<>();
  private final Set<Monitor> monitors = new LinkedHashSet<>();
  private EventFeatures features = everything();
  private BiConsumer<Event, Response> onAnswer = (event, response) -> {};
  private boolean open;

  /**
   * An event and what was answered.
   *
   * @param event a copy
   */
  public record Answer(Event event, Response response) {}

  /** What {@link Channel#receive} waits for. */
  private sealed interface Signal {
    record Fired(Event event) implements Signal {}

    record WokenUp() implements Signal {}

    record Gone() implements Signal {}
  }

  /** Creates a source that can do everything. */
  public MockEvents(Operations operations) {
    this.operations = operations;
  }

  /** Returns the features of a source that can do everything. */
  public static EventFeatures everything() {
    return new EventFeatures(
        EnumSet.complementOf(EnumSet.of(EventKind.UNKNOWN)),
        EnumSet.allOf(Response.Action.class),
        true,
        true,
        true,
        Map.of());
  }

  /** Sets what the source can do. */
  public MockEvents features(EventFeatures other) {
    features = other;
    return this;
  }

  /** Sets what receives each answer, in the loop's thread: how the processor goes on. */
  public MockEvents onAnswer(BiConsumer<Event, Response> receiver) {
    onAnswer = receiver;
    return this;
  }

  /** Lets an event happen. Any thread may call this; the event is not copied. */
  public void fire(Event event) {
    queue.add(new Signal.Fired(event));
  }

  /** Lets the machine end, after the events that were fired before. */
  public void end() {
    queue.add(new Signal.Gone());
  }

  /** Returns the answers so far, in the order of their events. */
  public synchronized List<Answer> answers() {
    return List.copyOf(answers);
  }

  /** Returns what is monitored now, in the order in which it was enabled. */
  public synchronized Set<Monitor> monitors() {
    return new LinkedHashSet<>(monitors);
  }

  /** Returns whether the channel is open. */
  public synchronized boolean isOpen() {
    return open;
  }

  @Override
  public EventFeatures features() {
    return features;
  }

  @Override
  public synchronized EventChannel open() {
    operations.perform(Operation.Kind.OPEN_EVENTS, 0);
    if (open) {
      throw new VmiException("another program monitors the machine; let it end");
    }
    open = true;
    return new Channel();
  }

  private synchronized void keep(Event event, Response response) {
    answers.add(new Answer(event.keep(), response));
  }

  private final class Channel implements EventChannel {
    private boolean closed;

    @Override
    public void enable(Monitor monitor) {
      operations.perform(Operation.Kind.MONITOR, 0);
      synchronized (MockEvents.this) {
        monitors.add(monitor);
      }
    }

    @Override
    public void disable(Monitor monitor) {
      operations.perform(Operation.Kind.UNMONITOR, 0);
      synchronized (MockEvents.this) {
        monitors.remove(monitor);
      }
    }

    @Override
    public int receive(Handler handler, Duration timeout) {
      Signal signal = await(timeout);
      int answered = 0;
      RuntimeException failure = null;
      for (; signal instanceof Signal.Fired fired; signal = queue.poll()) {
        Response response = Response.resume();
        try {
          response = handler.onEvent(fired.event());
        } catch (RuntimeException e) {
          failure = e;
        }
        answered++;
        keep(fired.event(), response);
        onAnswer.accept(fired.event(), response);
      }
      if (signal instanceof Signal.Gone) {
        throw new VmGoneException("the machine has ended");
      }
      if (failure != null) {
        throw failure;
      }
      return answered;
    }

    private Signal await(Duration timeout) {
      try {
        return queue.poll(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    @Override
    public void wakeUp() {
      queue.add(new Signal.WokenUp());
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      operations.perform(Operation.Kind.CLOSE_EVENTS, 0);
      for (Signal signal = queue.poll(); signal != null; signal = queue.poll()) {
        if (signal instanceof Signal.Fired fired) {
          keep(fired.event(), Response.resume());
        }
      }
      synchronized (MockEvents.this) {
        monitors.clear();
        open = false;
      }
    }
  }
}
