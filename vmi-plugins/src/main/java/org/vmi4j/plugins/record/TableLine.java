package org.vmi4j.plugins.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines of a table: cells of a width for each column, numbers aligned to the right. */
final class TableLine {
  private static final String GAP = "  ";

  private final RecordType type;
  private final int[] widths;

  /** Begins with columns as wide as their headers. */
  TableLine(RecordType type) {
    this.type = type;
    this.widths = head().stream().mapToInt(String::length).toArray();
  }

  /** Returns the cells of the header. */
  List<String> head() {
    return type.columns().stream().map(column -> column.key().toUpperCase(Locale.ROOT)).toList();
  }

  /** Makes a column at least this wide. */
  void widen(int column, int width) {
    widths[column] = Math.max(widths[column], width);
  }

  /** Returns the cells of a row, harmless to a terminal, for which columns are widened. */
  List<String> cells(Row row) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String cell = Printable.of(row.text(i));
      widen(i, cell.length());
      cells.add(cell);
    }
    return cells;
  }

  /** Returns a line without its end. */
  String of(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - cells.get(i).length());
      boolean right = type.columns().get(i).kind() == Kind.NUMBER;
      line.append(i == 0 ? "" : GAP).append(right ? space : "");
      line.append(cells.get(i)).append(right ? "" : space);
    }
    return line.toString().stripTrailing();
  }
}
