package org.vmi4j.plugins.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * Writes records as text, one line per value, with the name of the column first; suited to few
 * records with many columns. Text goes through {@link Printable}.
 */
public final class DetailSink implements RecordSink {
  private final Writer out;

  /**
   * Creates a sink.
   *
   * @param out the destination; it is flushed, not closed
   */
  public DetailSink(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(RecordType type) {}

  @Override
  public void write(Row row) {
    List<Column> columns = row.type().columns();
    int width = columns.stream().mapToInt(column -> column.key().length()).max().orElse(0);
    try {
      for (int i = 0; i < columns.size(); i++) {
        if (row.value(i).isPresent()) {
          String key = columns.get(i).key();
          out.write(key + " ".repeat(width - key.length() + 2) + Printable.of(row.text(i)));
          out.write(System.lineSeparator());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
