package org.vmi4j.profiles;

/**
 * A type of the guest's kernel, as its compiler laid it out. Typedefs and qualifiers are resolved
 * to the type that they stand for. Types refer to each other lazily and may be recursive, so they
 * compare by identity; ask for {@link #name()} to compare them by name.
 */
public sealed interface Type
    permits IntegerType,
        FloatType,
        PointerType,
        ArrayType,
        StructType,
        EnumType,
        FunctionType,
        OpaqueType {

  /**
   * Returns the name without {@code struct}, {@code union} or {@code enum}; empty when it has none.
   */
  String name();

  /** Returns the size in bytes; 0 when the type has none or it is not known. */
  long size();

  /** Returns whether numbers of this type are signed. */
  default boolean signed() {
    return false;
  }
}
