package org.vmi4j.profiles;

import java.util.Optional;

/** Resolves a path of names and indexes through types. */
final class FieldPath {
  private final String path;
  private int position;
  private int budget = Limits.MEMBERS;

  private FieldPath(String path) {
    this.path = path;
  }

  static Optional<Field> find(StructType type, String path) {
    return Optional.ofNullable(new FieldPath(path).follow(type));
  }

  private Field follow(StructType start) {
    Field at = null;
    Type type = start;
    do {
      Field next = step(type);
      if (next == null) {
        return null;
      }
      at = at == null ? next : next.within(at);
      type = at.type();
    } while (position < path.length());
    return at.named(path);
  }

  private Field step(Type type) {
    if (position < path.length() && path.charAt(position) == '[') {
      return type instanceof ArrayType array ? element(array) : null;
    }
    if (position > 0 && path.charAt(position++) != '.') {
      return null;
    }
    return type instanceof StructType struct ? named(struct, name(), 0) : null;
  }

  private String name() {
    int end = position;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    String name = path.substring(position, end);
    position = end;
    return name;
  }

  private Field named(StructType struct, String name, int depth) {
    for (Member member : struct.members()) {
      if (budget-- <= 0) {
        return null;
      }
      if (!name.isEmpty() && member.name().equals(name)) {
        return Field.of(member);
      }
    }
    return depth < Limits.NESTING ? withinAnonymous(struct, name, depth) : null;
  }

  private Field withinAnonymous(StructType struct, String name, int depth) {
    for (Member member : struct.members()) {
      if (budget-- <= 0) {
        return null;
      }
      if (member.anonymous() && member.type() instanceof StructType inner) {
        Field found = named(inner, name, depth + 1);
        if (found != null) {
          return found.within(Field.of(member));
        }
      }
    }
    return null;
  }

  private Field element(ArrayType array) {
    int close = path.indexOf(']', position);
    if (close < 0) {
      return null;
    }
    long index;
    try {
      index = Long.parseLong(path, position + 1, close, 10);
    } catch (NumberFormatException e) {
      return null;
    }
    boolean flexible = array.count() == 0;
    if (index < 0 || (!flexible && index >= array.count())) {
      return null;
    }
    position = close + 1;
    Type element = array.element();
    // What comes before the element is an array too, whose size is checked.
    long offset = new ArrayType(() -> element, index).size();
    return Field.of("", element, offset, 0, 0);
  }
}
