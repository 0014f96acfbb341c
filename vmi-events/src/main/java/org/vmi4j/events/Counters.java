package org.vmi4j.events;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.vmi4j.api.event.EventKind;

/** Counts what the loop does. The loop's thread counts; any thread may take a snapshot. */
final class Counters {
  private static final EventKind[] KINDS = EventKind.values();

  private final AtomicLongArray events = new AtomicLongArray(KINDS.length);
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong handling = new AtomicLong();
  private volatile int deepest;

  // One writer, so a plain sum that is published suffices: no locked instruction per event.

  void arrived(EventKind kind) {
    int index = kind.ordinal();
    events.setRelease(index, events.getPlain(index) + 1);
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
    for (EventKind kind : KINDS) {
      long count = events.getAcquire(kind.ordinal());
      if (count > 0) {
        counts.put(kind, count);
      }
    }
    return new EventStatistics(
        counts, done, failures.getAcquire(), Duration.ofNanos(handling.getAcquire()), deepest);
  }
}
