package org.vmi4j.plugins.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes records as a text table with a header; numbers are aligned to the right. It keeps all rows
 * until it is closed, since the widest value determines the width of a column. Text goes through
 * {@link Printable}.
 */
public final class TableSink implements RecordSink {
  private final Writer out;
  private final List<Row> rows = new ArrayList<>();
  private RecordType type;

  /**
   * Creates a sink.
   *
   * @param out the destination; it is flushed, not closed
   */
  public TableSink(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(RecordType next) {
    print();
    type = next;
  }

  @Override
  public void write(Row row) {
    rows.add(row);
  }

  private void print() {
    if (type == null) {
      return;
    }
    TableLine line = new TableLine(type);
    List<List<String>> lines = new ArrayList<>();
    lines.add(line.head());
    rows.forEach(row -> lines.add(line.cells(row)));
    try {
      for (List<String> cells : lines) {
        out.write(line.of(cells));
        out.write(System.lineSeparator());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows.clear();
  }

  @Override
  public void close() {
    print();
    type = null;
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
