package org.vmi4j.profiles.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import org.vmi4j.profiles.ProfileException;

/**
 * The text of a profile. It is read and parsed in one pass, so that malformed input is rejected as
 * soon as it appears; the text is kept, so that single types can be decoded later by position.
 */
public final class JsonText {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_STRING = 1 << 20;
  private static final int MAX_NAME = 1 << 14;
  private static final int MAX_NUMBER = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          // Most names are symbols that occur once: a table of known names costs more than it
          // saves.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_NUMBER)
                  .build())
          .build();

  private final String origin;
  private final CapturingReader input;

  /** Creates a text that is read to its end. */
  public JsonText(String origin, InputStream in) {
    this.origin = origin;
    this.input = new CapturingReader(in);
  }

  /** Reads a part of a text. */
  @FunctionalInterface
  public interface Reader<T> {
    /** Reads from a cursor that stands before its first token. */
    T read(JsonCursor cursor) throws IOException;
  }

  /**
   * Reads the whole text, once.
   *
   * @throws ProfileException if it is not what the reader expects
   */
  public <T> T read(Reader<T> reader) {
    try (JsonParser parser = FACTORY.createParser(input)) {
      return reader.read(new JsonCursor(origin, parser, 0));
    } catch (IOException e) {
      throw failed(e, 0);
    }
  }

  /** Reads a value that was skipped before. */
  public <T> T read(Slice slice, Reader<T> reader) {
    try (JsonParser parser = FACTORY.createParser(input.text(slice))) {
      return reader.read(new JsonCursor(origin, parser, slice.start()));
    } catch (IOException e) {
      throw failed(e, slice.start());
    }
  }

  private ProfileException failed(IOException e, long start) {
    if (e instanceof JsonProcessingException json) {
      String where =
          json.getLocation() == null
              ? ""
              : " at byte " + (start + Math.max(json.getLocation().getCharOffset(), 0));
      return new ProfileException(
          origin + " is broken JSON" + where + ": " + json.getOriginalMessage(), e);
    }
    return new ProfileException(origin + " cannot be read: " + e.getMessage(), e);
  }
}
