package org.vmi4j.events;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.vmi4j.api.event.EventKind;

/** Counts what the loop does. The loop's thread counts; any thread may take a snapshot. */
final class Counters {
  private final Map<EventKind, AtomicLong> events = new EnumMap<>(EventKind.class);
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong handling = new AtomicLong();
  private volatile int deepest;

  Counters() {
    for (EventKind kind : EventKind.values()) {
      events.put(kind, new AtomicLong());
    }
  }

  // One writer, so a plain sum that is published suffices: no locked instruction per event.

  void arrived(EventKind kind) {
    AtomicLong count = events.get(kind);
    count.setRelease(count.getPlain() + 1);
  }

  void answered(long nanoseconds) {
    handling.setRelease(handling.getPlain() + nanoseconds);
    answered.setRelease(answered.getPlain() + 1);
  }

  void failed() {
    failures.setRelease(failures.getPlain() + 1);
  }

  void batch(int size) {
    if (size > deepest) {
      deepest = size;
    }
  }

  EventStatistics snapshot() {
    // Answers first: an event that arrives meanwhile is then counted as not answered yet.
    long done = answered.getAcquire();
    Map<EventKind, Long> counts = new EnumMap<>(EventKind.class);
    events.forEach(
        (kind, counted) -> {
          long count = counted.getAcquire();
          if (count > 0) {
            counts.put(kind, count);
          }
        });
    return new EventStatistics(
        counts, done, failures.getAcquire(), Duration.ofNanos(handling.getAcquire()), deepest);
  }
}
