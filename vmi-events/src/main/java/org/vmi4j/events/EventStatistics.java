package org.vmi4j.events;

import java.time.Duration;
import java.util.Map;
import org.vmi4j.api.event.EventKind;

/**
 * What a loop has done so far.
 *
 * @param events how many events of each kind arrived
 * @param answered how many were answered
 * @param failures how many times a handler threw
 * @param handling the time in handlers
 * @param deepest the most events that were answered after one wait
 */
public record EventStatistics(
    Map<EventKind, Long> events, long answered, long failures, Duration handling, int deepest) {

  public EventStatistics {
    events = Map.copyOf(events);
  }

  /** Returns how many events arrived. */
  public long total() {
    return events.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how many events arrived and were not answered: 0 between two events. */
  public long unanswered() {
    return total() - answered;
  }
}
