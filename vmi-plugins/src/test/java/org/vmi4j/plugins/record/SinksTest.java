package org.vmi4j.plugins.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SinksTest {
  private static final RecordType FILE =
      RecordType.named("file").number("fd").hex("flags").text("name").mixed("value");

  private static String written(Function<Writer, RecordSink> sinks, Row... rows) {
    StringWriter out = new StringWriter();
    try (RecordSink sink = sinks.apply(out)) {
      sink.begin(rows.length == 0 ? FILE : rows[0].type());
      for (Row row : rows) {
        sink.write(row);
      }
    }
    return out.toString();
  }

  @Test
  void aRowHasAValueOfItsKindForEachColumn() {
    assertThat(FILE.row(1, 0x8000L, "/a", 7).value(2)).contains("/a");
    assertThat(FILE.row(1, null, "/a", "x").value(1)).isEmpty();
    assertThatThrownBy(() -> FILE.row(1, 2L, "/a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FILE.row("1", 2L, "/a", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fd");
    assertThatThrownBy(() -> FILE.row(1, 2, "/a", 3)).hasMessageContaining("flags");
  }

  @Test
  void aTableIsAlignedAndHarmless() {
    assertThat(
            written(
                TableSink::new,
                FILE.row(1, 0x8000L, "/a\n\u001b[2J\\x0a", 7),
                FILE.row(10, 0L, "\u202eb", "at 0x1")))
        .isEqualTo(
            """
            FD  FLAGS   NAME                VALUE
             1  0x8000  /a\\x0a\\x1b[2J\\\\x0a  7
            10  0x0     \\u202eb             at 0x1
            """);
    assertThat(written(TableSink::new)).isEqualTo("FD  FLAGS  NAME  VALUE\n");
  }

  @Test
  void aTableOfAStreamIsWrittenRowByRow() {
    StringWriter out = new StringWriter();
    try (RecordSink sink = new StreamTableSink(out)) {
      sink.begin(FILE);
      sink.write(FILE.row(1, 0x8000L, "/a\u001b[2J", 7));
      assertThat(out.toString())
          .isEqualTo("   FD  FLAGS   NAME       VALUE\n    1  0x8000  /a\\x1b[2J  7\n");
      sink.write(FILE.row(1234567, 0L, "b", "x"));
      sink.write(FILE.row(1, 0L, "b", "x"));
    }
    assertThat(out.toString().lines().skip(2))
        .containsExactly("1234567  0x0     b          x", "      1  0x0     b          x");
    assertThat(written(StreamTableSink::new)).isEqualTo("   FD  FLAGS  NAME  VALUE\n");
  }

  @Test
  void detailsLeaveOutWhatThereIsNot() {
    assertThat(written(DetailSink::new, FILE.row(1, null, "a\tb", 2)))
        .isEqualTo("fd     1\nname   a\\x09b\nvalue  2\n");
  }

  @Test
  void csvIsThatOfRfc4180() {
    assertThat(written(CsvSink::new, FILE.row(1, 2L, "a,\"b\"\r\nc", 3), FILE.row(2, 3L, "", "x")))
        .isEqualTo("fd,flags,name,value\r\n1,0x2,\"a,\"\"b\"\"\\x0d\\x0ac\",3\r\n2,0x3,,x\r\n");
  }

  @Test
  void csvHoldsNoFormulas() {
    for (String text : List.of("=1+1", "+1", "-1", "@SUM(A1)", "'x", "\uff1d1")) {
      assertThat(written(CsvSink::new, FILE.row(-1, 2L, text, -3)))
          .endsWith("\r\n-1,0x2,'" + text + ",-3\r\n");
      assertThat(written(CsvSink::new, FILE.row(1, 2L, "a", text))).endsWith(",'" + text + "\r\n");
    }
    assertThat(written(CsvSink::new, FILE.row(1, 2L, "\t=1", 3))).contains(",\\x09=1,");
  }

  @Test
  void jsonIsOneDocumentOrOneALine() {
    Row first = FILE.row(1, -1L, "a", null);
    Row second = FILE.row(2, 0L, "b", 1.5);
    assertThat(written(JsonSink::array, first, second))
        .isEqualTo(
            """
            [ {
              "fd" : 1,
              "flags" : "0xffffffffffffffff",
              "name" : "a"
            }, {
              "fd" : 2,
              "flags" : "0x0",
              "name" : "b",
              "value" : 1.5
            } ]
            """);
    assertThat(written(JsonSink::array)).isEqualTo("[ ]\n");
    assertThat(written(JsonSink::lines, first, second))
        .isEqualTo(
            """
            {"fd":1,"flags":"0xffffffffffffffff","name":"a"}
            {"fd":2,"flags":"0x0","name":"b","value":1.5}
            """);
    RecordType list = RecordType.named("list").rows("files").texts("words");
    assertThat(written(JsonSink::lines, list.row(List.of(first), List.of("x", "y"))))
        .isEqualTo(
            "{\"files\":[{\"fd\":1,\"flags\":\"0xffffffffffffffff\",\"name\":\"a\"}],"
                + "\"words\":[\"x\",\"y\"]}\n");
  }

  @Test
  void jsonKeepsEveryCharacterAndSendsNoneToTheTerminal() throws IOException {
    String text = "\u001b[2J\u202e\u007f\u009b\\ \ud83d\ude00 \ud800 end";
    String json = written(JsonSink::lines, FILE.row(1, 2L, text, 3));
    assertThat(json.chars()).allMatch(c -> c >= ' ' && c < 0x7f || c == '\n');
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      JsonToken token = parser.nextToken();
      while (token != JsonToken.VALUE_STRING || !parser.currentName().equals("name")) {
        token = parser.nextToken();
      }
      assertThat(parser.getText()).isEqualTo(text);
    }
  }

  @Test
  void escapesAreUnambiguous() {
    assertThat(Printable.of("plain \u00e4\u4e2d \ud83d\ude00"))
        .isEqualTo("plain \u00e4\u4e2d \ud83d\ude00");
    assertThat(Printable.of("\\x0a")).isEqualTo("\\\\x0a");
    assertThat(Printable.of("\n")).isEqualTo("\\x0a");
    for (int c : new int[] {0x7f, 0x9b, 0xad}) {
      assertThat(Printable.of(Character.toString(c))).isEqualTo("\\x" + Integer.toHexString(c));
    }
    for (int c :
        new int[] {0x200b, 0x200e, 0x2028, 0x2029, 0x202a, 0x2066, 0x2069, 0xfeff, 0xd800}) {
      assertThat(Printable.of("a" + Character.toString(c)))
          .isEqualTo("a\\u" + Integer.toHexString(c));
    }
    assertThat(Printable.of(Character.toString(0xe0041))).isEqualTo("\\U000e0041");
    assertThat(Printable.of("\u061c")).isEqualTo("\\u061c");
  }

  @Test
  void aSinkThatCannotWriteSaysSo() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("full");
          }

          @Override
          public void flush() throws IOException {
            throw new IOException("full");
          }

          @Override
          public void close() {}
        };
    for (RecordSink sink :
        List.of(
            new TableSink(full), new CsvSink(full), JsonSink.array(full), JsonSink.lines(full))) {
      assertThatThrownBy(
              () -> {
                sink.begin(FILE);
                sink.write(FILE.row(1, 2L, "a", 3));
                sink.close();
              })
          .isInstanceOf(UncheckedIOException.class);
    }
  }
}
