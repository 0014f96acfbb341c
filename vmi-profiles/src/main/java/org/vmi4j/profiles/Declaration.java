package org.vmi4j.profiles;

import java.util.List;
import java.util.stream.Collectors;

/** Writes types as C does: {@code struct list_head *next}, {@code int (*read)(struct file *)}. */
public final class Declaration {
  private Declaration() {}

  /**
   * Declares something.
   *
   * @param type its type
   * @param name its name; empty to write the type alone
   * @return the declaration on one line, without a semicolon; a structure is named, not laid out
   */
  public static String of(Type type, String name) {
    return declare(type, name, 0);
  }

  private static String declare(Type type, String name, int depth) {
    if (depth > Limits.NESTING) {
      return "... " + name;
    }
    if (type instanceof PointerType pointer) {
      Type target = pointer.target();
      boolean inner = target instanceof ArrayType || target instanceof FunctionType;
      return declare(target, inner ? "(*" + name + ")" : "*" + name, depth + 1);
    }
    if (type instanceof ArrayType array) {
      String count = array.count() == 0 ? "" : Long.toString(array.count());
      return declare(array.element(), name + "[" + count + "]", depth + 1);
    }
    if (type instanceof FunctionType function) {
      String parameters =
          function.parameters().stream()
              .map(parameter -> declare(parameter, "", depth + 1))
              .collect(Collectors.joining(", "));
      return declare(function.result(), name + "(" + parameters + ")", depth + 1);
    }
    return name.isEmpty() ? specifier(type) : specifier(type) + " " + name;
  }

  private static String specifier(Type type) {
    if (type instanceof StructType struct) {
      return keyword(struct.kind().keyword(), struct.name());
    }
    if (type instanceof EnumType) {
      return keyword("enum", type.name());
    }
    return type.name();
  }

  private static String keyword(String keyword, String name) {
    return name.isEmpty() ? keyword : keyword + " " + name;
  }

  /**
   * Lays out a structure: a row for each member, and below an anonymous one, those of its own.
   *
   * @throws ProfileException if it has more rows than any honest structure has
   */
  public static List<LayoutRow> layout(StructType struct) {
    return LayoutRow.of(struct);
  }
}
