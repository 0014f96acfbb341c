package org.vmi4j.plugins.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Objects;

/**
 * Writes records as a text table, each as soon as it is given; suited to streams of records, which
 * may never end. A column is as wide as its header and its widest value so far, so that lines above
 * a wide value may be narrower than those below. Text goes through {@link Printable}.
 */
public final class StreamTableSink implements RecordSink {
  /** The digits of a process ID, and of numbers of records up to that many. */
  private static final int NUMBER_WIDTH = 5;

  private final Writer out;
  private TableLine line;
  private boolean headed;

  /**
   * Creates a sink.
   *
   * @param out the destination; it is flushed when this is closed, and not closed
   */
  public StreamTableSink(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(RecordType type) {
    head();
    line = new TableLine(type);
    headed = false;
    for (int i = 0; i < type.columns().size(); i++) {
      if (type.columns().get(i).kind() == Kind.NUMBER) {
        line.widen(i, NUMBER_WIDTH);
      }
    }
  }

  /** The header is as wide as the first row, and therefore comes with it. */
  @Override
  public void write(Row row) {
    List<String> cells = Objects.requireNonNull(line, "no type was begun").cells(row);
    head();
    write(cells);
  }

  private void head() {
    if (line != null && !headed) {
      headed = true;
      write(line.head());
    }
  }

  private void write(List<String> cells) {
    try {
      out.write(line.of(cells));
      out.write(System.lineSeparator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    head();
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
