package org.vmi4j.shell.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of output under named columns. A value is a {@code String}, a number, a {@link Hex}, or for
 * JSON's sake a list or a map of these.
 */
public final class Table {
  private final List<String> keys;
  private final List<List<Object>> rows = new ArrayList<>();

  public Table(String... keys) {
    this.keys = List.of(keys);
  }

  public Table row(Object... values) {
    if (values.length != keys.size()) {
      throw new IllegalArgumentException(values.length + " values for " + keys);
    }
    rows.add(List.of(values));
    return this;
  }

  public List<String> keys() {
    return keys;
  }

  public List<List<Object>> rows() {
    return rows;
  }

  /** A row as an object. */
  Map<String, Object> object(List<Object> row) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      object.put(keys.get(i), row.get(i));
    }
    return object;
  }
}
