package org.vmi4j.profiles.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.FloatType;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.Types;

/** All types of a profile, each under a unique name, including those that are anonymous in C. */
final class TypeCatalog {
  /**
   * The maximum depth to which pointers and arrays are followed; in a hostile profile one may
   * contain itself.
   */
  static final int MAX_NESTING = 32;

  private final IdentityHashMap<Type, String> names = new IdentityHashMap<>();
  private final String unnamed;
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> copies = new HashMap<>();
  private final List<StructType> structs = new ArrayList<>();
  private final List<EnumType> enums = new ArrayList<>();
  private final Map<String, Type> bases = new TreeMap<>();
  private final Deque<StructType> open = new ArrayDeque<>();

  /**
   * @param unnamed the prefix of generated names
   */
  TypeCatalog(Types types, String unnamed) {
    this.unnamed = unnamed;
    // Types that can be found by name come first, so that they keep that name.
    types.names().forEach(name -> addNamed(types, name));
    while (!open.isEmpty()) {
      for (Member member : open.remove().members()) {
        add(member.type());
      }
    }
  }

  private void addNamed(Types types, String name) {
    Optional<Type> type = types.named(name);
    type.ifPresent(this::add);
  }

  private void add(Type type) {
    Type bare = type;
    for (int depth = 0; depth < MAX_NESTING; depth++) {
      if (bare instanceof PointerType pointer) {
        bare = pointer.target();
      } else if (bare instanceof ArrayType array) {
        bare = array.element();
      }
    }
    if (bare instanceof StructType struct && register(struct, "struct ")) {
      structs.add(struct);
      open.add(struct);
    } else if (bare instanceof EnumType enumeration && register(enumeration, "enum ")) {
      enums.add(enumeration);
    } else if (bare instanceof IntegerType || bare instanceof FloatType) {
      bases.putIfAbsent(bare.name(), bare);
    }
  }

  private boolean register(Type type, String space) {
    if (names.containsKey(type)) {
      return false;
    }
    String stem = type.name().isEmpty() ? unnamed + Integer.toHexString(names.size()) : type.name();
    String name = stem;
    while (!taken.add(space + name)) {
      name = stem + "_" + copies.merge(space + stem, 2, (known, first) -> known + 1);
    }
    names.put(type, name);
    return true;
  }

  /** Returns the name of a structure, union or enumeration. */
  String name(Type type) {
    return names.getOrDefault(type, type.name());
  }

  List<StructType> structs() {
    return structs;
  }

  List<EnumType> enums() {
    return enums;
  }

  /** Returns the integers and floating-point numbers by name. */
  Map<String, Type> bases() {
    return bases;
  }

  /**
   * Returns the name of the integer that stores an enumeration, which becomes one of the base
   * types.
   */
  String storage(EnumType type) {
    boolean signed = type.signed();
    String name =
        switch ((int) type.size()) {
          case 1 -> signed ? "signed char" : "unsigned char";
          case 2 -> signed ? "short int" : "short unsigned int";
          case 8 -> signed ? "long long int" : "long long unsigned int";
          default -> signed ? "int" : "unsigned int";
        };
    bases.computeIfAbsent(
        name, key -> new IntegerType(key, type.size(), signed, IntegerType.Encoding.NUMBER));
    return name;
  }

  static boolean isVoid(Type type) {
    return type instanceof OpaqueType;
  }
}
