package org.vmi4j.shell.command.live;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.vmi4j.api.Vm;
import org.vmi4j.api.event.Event;
import org.vmi4j.events.Events;
import org.vmi4j.events.EventsOptions;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.shell.session.Session;

/**
 * Watches a guest: one thread answers its events, one writes them, and the one that began it waits
 * for Ctrl-C.
 */
final class Watch {
  private final Session session;
  private final Vm vm;
  private final RecordSink sink;
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final AtomicReference<String> unrecorded = new AtomicReference<>();

  Watch(Session session, Vm vm, RecordSink sink) {
    this.session = session;
    this.vm = vm;
    this.sink = sink;
  }

  /**
   * Watches until the time is over, enough events were recorded, or the thread is interrupted. The
   * guest is left as it was.
   *
   * @return whether the thread was interrupted
   */
  boolean run(Subject subject, Duration duration) {
    EventsOptions options = EventsOptions.DEFAULTS.withOnFailure(this::notRecorded);
    Rate rate;
    boolean interrupted;
    // The events are closed first: the guest goes on while the rest is written.
    try (Recorder recorder = new Recorder(session, subject.type(), sink);
        Events events = Events.open(vm, options)) {
      rate = new Rate(() -> events.statistics().total());
      subject.begin(events, recorder::put);
      recorder.start(rate, events::stop);
      interrupted = answer(events, recorder, duration);
    }
    session.progress().conclude(rate.summary());
    if (unrecorded.get() != null) {
      session.incomplete("events could not be recorded: " + unrecorded.get());
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    return interrupted;
  }

  private void notRecorded(Event event, Throwable cause) {
    unrecorded.compareAndSet(null, event.kind() + ": " + cause);
  }

  /** Answers events in another thread until that ends. */
  private boolean answer(Events events, Recorder recorder, Duration duration) {
    Thread loop =
        new Thread(
            () -> {
              try {
                events.run(duration);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            },
            "vmi-watch-events");
    loop.setDaemon(true);
    loop.start();
    boolean interrupted = false;
    while (loop.isAlive()) {
      try {
        loop.join();
      } catch (InterruptedException e) {
        interrupted = true;
        recorder.abandon();
        events.stop();
      }
    }
    return interrupted;
  }
}
