package org.vmi4j.shell.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine.Option;

/** The option {@code -o}, and printing by it. */
public final class OutputOptions {
  /** The forms that output can have. */
  public enum Format {
    table,
    json,
    csv
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "How to print: ${COMPLETION-CANDIDATES} (default: table).")
  private Format format = Format.table;

  public Format format() {
    return format;
  }

  /** Prints rows. */
  public void print(Session session, Table table) {
    PrintWriter out = session.out();
    switch (format) {
      case json -> Json.write(out, table.rows().stream().map(table::object).toList());
      case csv -> {
        out.println(String.join(",", table.keys()));
        table.rows().forEach(row -> out.println(csv(row)));
      }
      case table -> aligned(session, table);
    }
  }

  /** Prints one object. */
  public void print(Session session, Map<String, Object> object) {
    PrintWriter out = session.out();
    switch (format) {
      case json -> Json.write(out, object);
      case csv -> {
        out.println("key,value");
        object.forEach((key, value) -> out.println(csv(List.of(key, value))));
      }
      case table -> {
        int width = object.keySet().stream().mapToInt(String::length).max().orElse(0);
        object.forEach(
            (key, value) ->
                out.println(String.format(Locale.ROOT, "%-" + width + "s  %s", key, plain(value))));
      }
    }
  }

  private static void aligned(Session session, Table table) {
    List<String> keys = table.keys();
    int[] widths = keys.stream().mapToInt(String::length).toArray();
    boolean[] right = new boolean[keys.size()];
    for (List<Object> row : table.rows()) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], plain(row.get(i)).length());
        right[i] |= row.get(i) instanceof Number;
      }
    }
    PrintWriter out = session.out();
    out.println(
        line(keys.stream().map(key -> key.toUpperCase(Locale.ROOT)).toList(), widths, right));
    for (List<Object> row : table.rows()) {
      out.println(line(row.stream().map(OutputOptions::plain).toList(), widths, right));
    }
  }

  private static String line(List<String> cells, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String space = " ".repeat(Math.max(0, widths[i] - cell.length()));
      line.append(i == 0 ? "" : "  ").append(right[i] ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  /** A value on one line, with nothing in it that would take over a terminal. */
  public static String plain(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(OutputOptions::plain).collect(Collectors.joining(", "));
    }
    String text = value.toString();
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                safe.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  private static String csv(List<Object> row) {
    return row.stream()
        .map(
            value -> {
              String text = value.toString();
              return text.matches("(?s).*[\",\r\n].*")
                  ? '"' + text.replace("\"", "\"\"") + '"'
                  : text;
            })
        .collect(Collectors.joining(","));
  }
}
