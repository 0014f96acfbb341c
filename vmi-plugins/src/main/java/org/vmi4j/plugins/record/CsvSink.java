package org.vmi4j.plugins.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Writes records as CSV: RFC 4180, with a header line and lines that end in CR LF.
 *
 * <p>Text goes through {@link Printable}. Text that begins with what a spreadsheet takes for a
 * formula ({@code = + - @}, also of full width) is prefixed with {@code '}, and so is text that
 * begins with {@code '}: a reader that wants the text itself removes one. Numbers and addresses are
 * written as they are.
 */
public final class CsvSink implements RecordSink {
  private static final String FORMULA = "=+-@'\uff1d\uff0b\uff0d\uff20";
  private static final String END = "\r\n";

  private final Writer out;

  /**
   * Creates a sink.
   *
   * @param out the destination; it is flushed, not closed
   */
  public CsvSink(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(RecordType type) {
    line(type, i -> type.columns().get(i).key());
  }

  @Override
  public void write(Row row) {
    List<Column> columns = row.type().columns();
    line(
        row.type(),
        i -> {
          boolean number =
              columns.get(i).kind() == Kind.HEX || row.value(i).orElse("") instanceof Number;
          return number ? row.text(i) : harmless(Printable.of(row.text(i)));
        });
  }

  private static String harmless(String text) {
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  private void line(RecordType type, IntFunction<String> cell) {
    try {
      for (int i = 0; i < type.columns().size(); i++) {
        out.write(i == 0 ? "" : ",");
        out.write(quoted(cell.apply(i)));
      }
      out.write(END);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * RFC 4180, section 2, rules 6 and 7. A line cannot end inside: {@link Printable} escapes that.
   */
  private static String quoted(String text) {
    return text.indexOf(',') >= 0 || text.indexOf('"') >= 0
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
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
