package org.vmi4j.profiles;

import java.util.List;
import java.util.StringJoiner;

/**
 * Writes types as C does: {@code struct list_head *next}, {@code int (*read)(struct file *)}. A
 * type may refer to itself in many ways, so that the output is bounded; {@code ...} replaces what
 * exceeds the bound.
 */
public final class Declaration {
  private static final String OMITTED = "...";

  /** The cost of a type besides the characters of its name: brackets, commas, the visit itself. */
  private static final int TYPE_COST = 4;

  private int budget;

  /**
   * @param budget the approximate maximum number of characters to write
   */
  Declaration(int budget) {
    this.budget = budget;
  }

  /**
   * Declares something.
   *
   * @param type its type
   * @param name its name; empty to write the type alone
   * @return the declaration on one line, without a semicolon; a structure is named, not laid out
   */
  public static String of(Type type, String name) {
    return new Declaration(Limits.DECLARATION).declare(type, name);
  }

  /** Declares something within its share of the remaining budget. */
  String declare(Type type, String name) {
    int rest = budget - Math.min(budget, Limits.DECLARATION);
    budget -= rest;
    String text = declare(type, name, 0);
    budget = rest + Math.max(budget, 0);
    return text;
  }

  private String declare(Type type, String name, int depth) {
    budget -= TYPE_COST;
    if (depth > Limits.NESTING || budget < 0) {
      return named(OMITTED, name);
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
      String parameters = parameters(function, depth + 1);
      return declare(function.result(), name + "(" + parameters + ")", depth + 1);
    }
    String specifier = specifier(type);
    budget -= specifier.length();
    return named(budget < 0 ? OMITTED : specifier, name);
  }

  private String parameters(FunctionType function, int depth) {
    StringJoiner parameters = new StringJoiner(", ");
    for (Type parameter : function.parameters()) {
      if (budget < 0) {
        return parameters.add(OMITTED).toString();
      }
      parameters.add(declare(parameter, "", depth));
    }
    return parameters.toString();
  }

  private static String named(String specifier, String name) {
    return name.isEmpty() ? specifier : specifier + " " + name;
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
   * @throws ProfileException if it has more rows than any valid structure
   */
  public static List<LayoutRow> layout(StructType struct) {
    return LayoutRow.of(struct);
  }
}
