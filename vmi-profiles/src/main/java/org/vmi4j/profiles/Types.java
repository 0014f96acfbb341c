package org.vmi4j.profiles;

import java.util.Optional;
import java.util.stream.Stream;

/** The types of a profile, found by name. Safe for use by several threads. */
public interface Types {
  /** No types, for a profile of symbols only. */
  Types NONE = new NoTypes();

  /**
   * Finds the definition of a structure or union.
   *
   * @param name its name without {@code struct} or {@code union}, or that of a typedef
   */
  Optional<StructType> struct(String name);

  /**
   * Finds any type.
   *
   * @param name its name; {@code struct}, {@code union} and {@code enum} may precede it
   */
  Optional<Type> named(String name);

  /**
   * Finds the type of a global or per-CPU variable. Most kernels describe only their per-CPU
   * variables, and profiles in files none.
   *
   * @param name the variable's name
   */
  Optional<Type> variable(String name);

  /** Returns the names of all structures, unions, enumerations, typedefs and base types. */
  Stream<String> names();

  /** Returns how many named types there are. */
  int count();
}
