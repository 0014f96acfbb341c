package org.vmi4j.profiles;

/**
 * A type of the guest's kernel, as its compiler laid it out. Typedefs and qualifiers are looked
 * through: what is left says how the bytes are to be read. Types refer to each other lazily and may
 * be recursive, so they compare by identity; ask for {@link #name()} to compare them by name.
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

  /** The name without {@code struct}, {@code union} or {@code enum}; empty when it has none. */
  String name();

  /** The size in bytes; 0 when the type has none or it is not known. */
  long size();

  /** Whether numbers of this type are signed. */
  default boolean signed() {
    return false;
  }
}
