package org.vmi4j.shell.command;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A command that reads a guest and prints the result in the requested format. */
@Command
public abstract class GuestCommand extends MachineCommand {
  @Mixin private OutputOptions output;

  /** Returns whether the output is a table. */
  protected final boolean isTable() {
    return output.isTable();
  }

  /** Returns the sink for a list of records. */
  protected RecordSink sink() {
    return output.list(session().out());
  }

  /** Prints records, and reports what is missing from them. */
  protected final void report(Function<RecordSink, List<String>> records) {
    List<String> missing;
    try (RecordSink sink = sink()) {
      missing = records.apply(sink);
    }
    missing.forEach(session()::incomplete);
  }

  /** Prints records that are complete. */
  protected final void print(Consumer<RecordSink> records) {
    report(
        sink -> {
          records.accept(sink);
          return List.of();
        });
  }

  /** Prints one record. */
  protected final void print(Row row) {
    try (RecordSink sink = output.single(session().out())) {
      sink.begin(row.type());
      sink.write(row);
    }
  }
}
