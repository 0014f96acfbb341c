package org.vmi4j.profiles.json;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.Types;

/** Types that are decoded from a text on first use, each once. */
public abstract class JsonTypes implements Types {
  private static final Comparator<Member> BY_PLACE =
      Comparator.comparingLong(Member::offset).thenComparingInt(Member::bitOffset);

  private final JsonText text;
  private final Map<String, Slice> structs;
  private final Map<String, Slice> enums;
  private final Map<String, StructType> knownStructs = new ConcurrentHashMap<>();
  private final Map<String, EnumType> knownEnums = new ConcurrentHashMap<>();

  /** Keeps the text that the types are decoded from. */
  protected JsonTypes(JsonText text, Map<String, Slice> structs, Map<String, Slice> enums) {
    this.text = text;
    this.structs = structs;
    this.enums = enums;
  }

  /** Decodes a structure or union. */
  protected abstract StructType decodeStruct(String name, JsonCursor cursor)
      throws java.io.IOException;

  /** Decodes an enumeration. */
  protected abstract EnumType decodeEnum(String name, JsonCursor cursor) throws java.io.IOException;

  /** Returns the base type of a name, or null. */
  protected abstract Type base(String name);

  /** Returns the names of the base types. */
  protected abstract List<String> baseNames();

  /** Returns whether there is a structure or union of that name. */
  protected final boolean hasStruct(String name) {
    return structs.containsKey(name);
  }

  @Override
  public final Optional<StructType> struct(String name) {
    StructType known = knownStructs.get(name);
    Slice slice = structs.get(name);
    if (known == null && slice != null) {
      known = text.read(slice, cursor -> decodeStruct(name, cursor));
      knownStructs.put(name, known);
    }
    return Optional.ofNullable(known);
  }

  /** Finds an enumeration. */
  public final Optional<EnumType> enumeration(String name) {
    EnumType known = knownEnums.get(name);
    Slice slice = enums.get(name);
    if (known == null && slice != null) {
      known = text.read(slice, cursor -> decodeEnum(name, cursor));
      knownEnums.put(name, known);
    }
    return Optional.ofNullable(known);
  }

  @Override
  public final Optional<Type> named(String name) {
    int space = name.indexOf(' ');
    String bare = name.substring(space + 1);
    return switch (name.substring(0, Math.max(space, 0))) {
      case "struct" -> of(struct(bare), StructType.Kind.STRUCT);
      case "union" -> of(struct(bare), StructType.Kind.UNION);
      case "enum" -> enumeration(bare).map(Type.class::cast);
      default -> any(name);
    };
  }

  private static Optional<Type> of(Optional<StructType> struct, StructType.Kind kind) {
    return struct.filter(found -> found.kind() == kind).map(Type.class::cast);
  }

  private Optional<Type> any(String name) {
    if (structs.containsKey(name)) {
      return struct(name).map(Type.class::cast);
    }
    return enums.containsKey(name)
        ? enumeration(name).map(Type.class::cast)
        : Optional.ofNullable(base(name));
  }

  @Override
  public final Optional<Type> variable(String name) {
    return Optional.empty();
  }

  @Override
  public final Stream<String> names() {
    return Stream.of(structs.keySet(), enums.keySet(), baseNames())
        .flatMap(java.util.Collection::stream);
  }

  @Override
  public final int count() {
    return structs.size() + enums.size() + baseNames().size();
  }

  /** Creates a structure whose members are ordered by offset, whatever their order in the text. */
  protected static StructType struct(
      StructType.Kind kind, String name, long size, List<Member> members) {
    List<Member> sorted = new ArrayList<>(members);
    sorted.sort(BY_PLACE);
    return new StructType(kind, name, size, () -> sorted);
  }
}
