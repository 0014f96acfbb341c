package org.vmi4j.shell.command.live;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.vmi4j.events.Events;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/** What is looked for in a running guest, as records of one type. */
interface Subject {

  /** Returns the type of its records. */
  RecordType type();

  /**
   * Begins to look for it.
   *
   * @param records receives what makes each record
   */
  void begin(Events events, Consumer<Supplier<Row>> records);
}
