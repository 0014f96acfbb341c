package org.vmi4j.plugins.record;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A record: a value for each column of its type. Made by {@link RecordType#row}. */
public final class Row {
  private final RecordType type;
  private final List<Object> values;

  Row(RecordType type, List<Object> values) {
    this.type = type;
    this.values = values;
  }

  /** Returns the type, which declares the columns. */
  public RecordType type() {
    return type;
  }

  /**
   * Returns the value of a column, if the row has one: a {@link String}, {@link Integer}, {@link
   * Long} or {@link Double}, or a list of strings or rows, as determined by the column's kind.
   *
   * @param column the index of the column, from 0
   */
  public Optional<Object> value(int column) {
    return Optional.ofNullable(values.get(column));
  }

  /**
   * Returns the value of a column as text, as it is: not through {@link Printable}; empty if the
   * row has none.
   *
   * @param column the index of the column, from 0
   */
  public String text(int column) {
    Object value = values.get(column);
    if (value == null) {
      return "";
    }
    return switch (type.columns().get(column).kind()) {
      case HEX -> "0x" + Long.toHexString((Long) value);
      case TEXTS, ROWS ->
          ((List<?>) value).stream().map(Object::toString).collect(Collectors.joining(", "));
      default -> value.toString();
    };
  }

  /** Returns the values, for messages. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : " ").append(text(i));
    }
    return text.toString();
  }
}
