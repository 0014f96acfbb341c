package org.vmi4j.shell.command.live;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.vmi4j.events.EventFilter;
import org.vmi4j.events.Events;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.plugins.linux.EventRecords;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/**
 * Single events, each a record.
 *
 * @param most how many of them are recorded
 */
record WatchedEvents(
    Optional<Linux> linux,
    TaskFilter filter,
    List<Trigger> triggers,
    EventFilter processor,
    long most)
    implements Subject {

  @Override
  public RecordType type() {
    return EventRecords.EVENT;
  }

  @Override
  public void begin(Events events, Consumer<Supplier<Row>> records) {
    EventRecords maker = new EventRecords(linux.map(Linux::symbols));
    Observer observer =
        new Observer(
            linux.map(Linux::runningTasks),
            filter,
            most,
            seen -> records.accept(() -> maker.row(seen.event(), seen.task(), seen.next())),
            events::stop);
    triggers.forEach(trigger -> trigger.subscribe(events, processor, observer));
  }
}
