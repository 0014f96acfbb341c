package org.vmi4j.profiles.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.vmi4j.profiles.ProfileException;

/**
 * Moves through a JSON text; its errors state the position, what was found and what was expected.
 */
public final class JsonCursor {
  private static final int MAX_ENTRIES = 4_000_000;
  private static final int MAX_DIGITS = 20;
  private static final long MAX_TENTH = Long.divideUnsigned(-1L, 10);
  private static final int MAX_LAST_DIGIT = (int) Long.remainderUnsigned(-1L, 10);

  private final String origin;
  private final JsonParser parser;
  private final int start;

  JsonCursor(String origin, JsonParser parser, int start) {
    this.origin = origin;
    this.parser = parser;
    this.start = start;
  }

  /** Advances to the next token, which must begin an object. */
  public void beginObject(String what) throws IOException {
    parser.nextToken();
    inObject(what);
  }

  /** Checks that the token here begins an object. */
  public void inObject(String what) throws IOException {
    if (!isObject()) {
      throw expected(what + ", an object");
    }
  }

  /** Advances to the next token, which must begin an array. */
  public void beginArray(String what) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw expected(what + ", an array");
    }
  }

  /** Advances to the next token, which must end an array. */
  public void endArray(String what) throws IOException {
    if (parser.nextToken() != JsonToken.END_ARRAY) {
      throw expected("the end of " + what);
    }
  }

  /** Checks that the object here has ended, and nothing follows it. */
  public void end(String what) throws IOException {
    if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
      throw expected("the end of " + what);
    }
  }

  /** Returns whether the token here begins an object. */
  public boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** Returns whether the token here begins an array. */
  public boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  /** Returns whether the token here is a number without a fraction. */
  public boolean isNumber() {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
  }

  /** Advances to the next member of an object and to its value; returns null at the end. */
  public String nextMember() throws IOException {
    String name = parser.nextFieldName();
    if (name == null) {
      return null;
    }
    parser.nextToken();
    return Utf8.of(name);
  }

  /** Advances to the next token of an array; returns false at the end. */
  public boolean nextElement() throws IOException {
    JsonToken token = parser.nextToken();
    return token != null && token != JsonToken.END_ARRAY;
  }

  /** Advances to the next token. */
  public void next() throws IOException {
    parser.nextToken();
  }

  /** Skips the value here. */
  public void skip() throws IOException {
    parser.skipChildren();
  }

  /** Skips the members of the object here, and returns where their values are. */
  public Map<String, Slice> index(String what) throws IOException {
    inObject(what);
    Map<String, Slice> slices = new LinkedHashMap<>();
    String name;
    while ((name = nextMember()) != null) {
      if (slices.size() >= MAX_ENTRIES) {
        throw expected("at most " + MAX_ENTRIES + " of " + what);
      }
      long first = parser.currentTokenLocation().getCharOffset();
      parser.skipChildren();
      long end = parser.currentLocation().getCharOffset();
      slices.put(name, new Slice(start + (int) first, start + (int) end));
    }
    return slices;
  }

  /** Returns the text of the string here. */
  public String string(String what) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw expected(what + ", a string");
    }
    return Utf8.of(parser.getText());
  }

  /** Returns the text of any single value here, for messages and metadata. */
  public String scalar() throws IOException {
    return parser.currentToken() != null && parser.currentToken().isScalarValue()
        ? Utf8.of(parser.getText())
        : "";
  }

  /** Returns whether the value here is true. */
  public boolean isTrue() {
    return parser.currentToken() == JsonToken.VALUE_TRUE;
  }

  /** Returns the number here, which fits 64 bits with or without a sign. */
  public long number(String what) throws IOException {
    if (!isNumber()) {
      throw expected(what + ", a number");
    }
    char[] text = parser.getTextCharacters();
    int at = parser.getTextOffset();
    int end = at + parser.getTextLength();
    boolean negative = text[at] == '-';
    at += negative ? 1 : 0;
    long value = 0;
    boolean fits = end - at <= MAX_DIGITS;
    for (; fits && at < end; at++) {
      int digit = text[at] - '0';
      int room = Long.compareUnsigned(value, MAX_TENTH);
      fits = room < 0 || (room == 0 && digit <= MAX_LAST_DIGIT);
      value = 10 * value + digit;
    }
    if (!fits || (negative && value < 0 && value != Long.MIN_VALUE)) {
      throw expected(what + ", a number of 64 bits");
    }
    return negative ? -value : value;
  }

  /** Returns the number here, within bounds. */
  public long number(String what, long least, long most) throws IOException {
    long value = number(what);
    if (value < least || value > most) {
      throw expected(what + " from " + least + " to " + most);
    }
    return value;
  }

  /** Creates the error for an unexpected token. */
  public ProfileException expected(String what) throws IOException {
    String found = parser.currentToken() == null ? "the end" : parser.getText();
    String shown = found.length() > 40 ? found.substring(0, 40) + "..." : found;
    return new ProfileException(
        origin
            + ": at byte "
            + (start + parser.currentTokenLocation().getCharOffset())
            + " is "
            + shown
            + ", where "
            + what
            + ", is expected");
  }
}
