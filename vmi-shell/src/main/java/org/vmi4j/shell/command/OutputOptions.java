package org.vmi4j.shell.command;

import java.io.Writer;
import org.vmi4j.plugins.record.CsvSink;
import org.vmi4j.plugins.record.DetailSink;
import org.vmi4j.plugins.record.JsonSink;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.StreamTableSink;
import org.vmi4j.plugins.record.TableSink;
import picocli.CommandLine.Option;

/** The option {@code -o}, and the sinks that it selects. */
public final class OutputOptions {
  /** The formats of output. */
  public enum Format {
    table,
    json,
    jsonl,
    csv
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "How to print: ${COMPLETION-CANDIDATES} (default: table).")
  private Format format = Format.table;

  /** Returns whether the output is a table. */
  public boolean isTable() {
    return format == Format.table;
  }

  /** Returns a sink for a list of records. */
  public RecordSink list(Writer out) {
    return switch (format) {
      case table -> new TableSink(out);
      case json -> JsonSink.array(out);
      case jsonl -> JsonSink.lines(out);
      case csv -> new CsvSink(out);
    };
  }

  /** Returns a sink for a stream of records, each of which is written as it comes. */
  public RecordSink stream(Writer out) {
    return switch (format) {
      case table -> new StreamTableSink(out);
      case json, jsonl -> JsonSink.lines(out);
      case csv -> new CsvSink(out);
    };
  }

  /** Returns a sink for one record. */
  public RecordSink single(Writer out) {
    return switch (format) {
      case table -> new DetailSink(out);
      case json -> JsonSink.single(out);
      case jsonl -> JsonSink.lines(out);
      case csv -> new CsvSink(out);
    };
  }
}
