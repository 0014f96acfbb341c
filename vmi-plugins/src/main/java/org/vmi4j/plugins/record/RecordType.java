package org.vmi4j.plugins.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The columns of records of one type, declared once:
 *
 * <pre>{@code
 * static final RecordType MODULE =
 *     RecordType.named("module").text("name").hex("address").number("size");
 * }</pre>
 *
 * <p>Immutable: each method that declares a column returns a new type.
 */
public final class RecordType {
  private final String name;
  private final List<Column> columns;

  private RecordType(String name, List<Column> columns) {
    this.name = name;
    this.columns = columns;
  }

  /** Returns a type without columns. */
  public static RecordType named(String name) {
    return new RecordType(name, List.of());
  }

  /** Returns this type with a column of text. */
  public RecordType text(String key) {
    return with(key, Kind.TEXT);
  }

  /** Returns this type with a column of numbers. */
  public RecordType number(String key) {
    return with(key, Kind.NUMBER);
  }

  /** Returns this type with a column of addresses or bit sets. */
  public RecordType hex(String key) {
    return with(key, Kind.HEX);
  }

  /** Returns this type with a column of text or numbers. */
  public RecordType mixed(String key) {
    return with(key, Kind.MIXED);
  }

  /** Returns this type with a column of lists of texts. */
  public RecordType texts(String key) {
    return with(key, Kind.TEXTS);
  }

  /** Returns this type with a column of lists of rows. */
  public RecordType rows(String key) {
    return with(key, Kind.ROWS);
  }

  private RecordType with(String key, Kind kind) {
    List<Column> more = new ArrayList<>(columns);
    more.add(new Column(key, kind));
    return new RecordType(name, Collections.unmodifiableList(more));
  }

  /** Returns the name of the type, in the singular. */
  public String name() {
    return name;
  }

  /** Returns the columns, in order. */
  public List<Column> columns() {
    return columns;
  }

  /**
   * Returns the index of a column, from 0.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public int index(String key) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).key().equals(key)) {
        return i;
      }
    }
    throw new IllegalArgumentException("there is no column " + key + " in " + this);
  }

  /**
   * Creates a row.
   *
   * @param values a value for each column, of its kind; null where the row has none
   * @throws IllegalArgumentException if a value is too few, too many, or of another kind
   */
  public Row row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(values.length + " values for the columns " + columns);
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null && !columns.get(i).kind().takes(values[i])) {
        throw new IllegalArgumentException(values[i] + " is not a value for the " + columns.get(i));
      }
    }
    return new Row(this, Collections.unmodifiableList(Arrays.asList(values.clone())));
  }

  @Override
  public String toString() {
    return name + columns;
  }
}
