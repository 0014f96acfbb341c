package org.vmi4j.plugins.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/**
 * Writes records as JSON: objects with the keys of their columns; a key without a value is omitted.
 * Addresses are strings in hexadecimal, all other numbers are numbers. Characters beyond ASCII, and
 * U+007F, are escaped, so that the text is exact (unpaired surrogates included) and harmless to a
 * terminal.
 */
public final class JsonSink implements RecordSink {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** The text around and between the objects. */
  private enum Frame {
    ARRAY,
    LINES,
    NONE
  }

  private final Writer out;
  private final JsonGenerator json;
  private final Frame frame;
  private boolean begun;

  private JsonSink(Writer out, Frame frame) {
    this.out = out;
    this.frame = frame;
    try {
      this.json = FACTORY.createGenerator(out).setCharacterEscapes(new DeleteEscaped());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    json.setRootValueSeparator(null);
    if (frame != Frame.LINES) {
      json.useDefaultPrettyPrinter();
    }
  }

  /**
   * Writes one document: an array of objects.
   *
   * @param out the destination; it is flushed, not closed
   */
  public static JsonSink array(Writer out) {
    return new JsonSink(out, Frame.ARRAY);
  }

  /**
   * Writes one object per line, each a document of its own, separated by {@code \n}; suited to
   * streams of records.
   *
   * @param out the destination; it is flushed, not closed
   */
  public static JsonSink lines(Writer out) {
    return new JsonSink(out, Frame.LINES);
  }

  /**
   * Writes one document: a single object.
   *
   * @param out the destination; it is flushed, not closed
   */
  public static JsonSink single(Writer out) {
    return new JsonSink(out, Frame.NONE);
  }

  @Override
  public void begin(RecordType type) {
    if (frame == Frame.ARRAY && !begun) {
      write(json::writeStartArray);
    }
    begun = true;
  }

  @Override
  public void write(Row row) {
    write(
        () -> {
          object(row);
          if (frame != Frame.ARRAY) {
            json.flush();
            out.write('\n');
          }
        });
  }

  private void object(Row row) throws IOException {
    json.writeStartObject();
    List<Column> columns = row.type().columns();
    for (int i = 0; i < columns.size(); i++) {
      Object value = row.value(i).orElse(null);
      if (value != null) {
        json.writeFieldName(columns.get(i).key());
        value(columns.get(i).kind(), value, row.text(i));
      }
    }
    json.writeEndObject();
  }

  private void value(Kind kind, Object value, String text) throws IOException {
    if (value instanceof List<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        if (item instanceof Row row) {
          object(row);
        } else {
          json.writeString(item.toString());
        }
      }
      json.writeEndArray();
    } else if (kind == Kind.HEX || value instanceof String) {
      json.writeString(text);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else {
      json.writeNumber(((Number) value).longValue());
    }
  }

  @Override
  public void close() {
    write(
        () -> {
          if (frame == Frame.ARRAY && begun) {
            json.writeEndArray();
            json.flush();
            out.write('\n');
          }
          json.close();
          out.flush();
        });
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void write(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
