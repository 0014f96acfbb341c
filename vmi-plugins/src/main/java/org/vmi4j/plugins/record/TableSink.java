package org.vmi4j.plugins.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes records as a text table with a header; numbers are aligned to the right. It keeps all rows
 * until it is closed, since the widest value determines the width of a column. Text goes through
 * {@link Printable}.
 */
public final class TableSink implements RecordSink {
  private static final String GAP = "  ";

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
    try {
      List<String> head =
          type.columns().stream().map(column -> column.key().toUpperCase(Locale.ROOT)).toList();
      int[] widths = head.stream().mapToInt(String::length).toArray();
      List<List<String>> lines = new ArrayList<>();
      lines.add(head);
      for (Row row : rows) {
        lines.add(line(row, widths));
      }
      for (List<String> line : lines) {
        out.write(aligned(line, widths));
        out.write(System.lineSeparator());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rows.clear();
  }

  private static List<String> line(Row row, int[] widths) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String cell = Printable.of(row.text(i));
      widths[i] = Math.max(widths[i], cell.length());
      cells.add(cell);
    }
    return cells;
  }

  private String aligned(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - cells.get(i).length());
      boolean right = type.columns().get(i).kind() == Kind.NUMBER;
      line.append(i == 0 ? "" : GAP).append(right ? space : "");
      line.append(cells.get(i)).append(right ? "" : space);
    }
    return line.toString().stripTrailing();
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
