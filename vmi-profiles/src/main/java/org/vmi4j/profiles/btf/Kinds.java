package org.vmi4j.profiles.btf;

/** The kinds of BTF types, and the size of each after its first twelve bytes (struct btf_type). */
final class Kinds {
  static final int VOID = 0;
  static final int INT = 1;
  static final int PTR = 2;
  static final int ARRAY = 3;
  static final int STRUCT = 4;
  static final int UNION = 5;
  static final int ENUM = 6;
  static final int FWD = 7;
  static final int TYPEDEF = 8;
  static final int VOLATILE = 9;
  static final int CONST = 10;
  static final int RESTRICT = 11;
  static final int FUNC = 12;
  static final int FUNC_PROTO = 13;
  static final int VAR = 14;
  static final int DATASEC = 15;
  static final int FLOAT = 16;
  static final int DECL_TAG = 17;
  static final int TYPE_TAG = 18;
  static final int ENUM64 = 19;

  private Kinds() {}

  /** Returns the number of bytes that follow, or -1 if the kind is unknown. */
  static int extra(int kind, int entries) {
    return switch (kind) {
      case PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG -> 0;
      case INT, VAR, DECL_TAG -> 4;
      case ARRAY -> 12;
      case STRUCT, UNION, DATASEC, ENUM64 -> 12 * entries;
      case ENUM, FUNC_PROTO -> 8 * entries;
      default -> -1;
    };
  }

  /** Returns whether this kind only names or qualifies another type, or is a variable of one. */
  static boolean alias(int kind) {
    return switch (kind) {
      case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, VAR -> true;
      default -> false;
    };
  }

  /** Returns whether this kind is found by name: types, and variables. */
  static boolean named(int kind) {
    return switch (kind) {
      case INT, FLOAT, STRUCT, UNION, ENUM, ENUM64, TYPEDEF, VAR -> true;
      default -> false;
    };
  }
}
