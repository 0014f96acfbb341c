package org.vmi4j.plugins.record;

import java.util.List;

/** The kind of the values of a column, which determines how each sink writes them. */
public enum Kind {
  /** Text, a {@link String}. It may come from the guest: sinks escape it. */
  TEXT,
  /** A number, an {@link Integer}, a {@link Long} or a {@link Double}; aligned to the right. */
  NUMBER,
  /** An address or a bit set, an unsigned {@link Long}, written as {@code 0x…}; text in JSON. */
  HEX,
  /** Text or a number, as each row determines. */
  MIXED,
  /** A {@link List} of strings: an array in JSON. */
  TEXTS,
  /** A {@link List} of {@link Row}s: an array of objects in JSON. */
  ROWS;

  /** Returns whether a value is of this kind. */
  boolean takes(Object value) {
    return switch (this) {
      case TEXT -> value instanceof String;
      case NUMBER -> isNumber(value);
      case HEX -> value instanceof Long;
      case MIXED -> value instanceof String || isNumber(value);
      case TEXTS -> isListOf(String.class, value);
      case ROWS -> isListOf(Row.class, value);
    };
  }

  private static boolean isListOf(Class<?> type, Object value) {
    return value instanceof List<?> list && list.stream().allMatch(type::isInstance);
  }

  private static boolean isNumber(Object value) {
    return value instanceof Integer || value instanceof Long || value instanceof Double;
  }
}
