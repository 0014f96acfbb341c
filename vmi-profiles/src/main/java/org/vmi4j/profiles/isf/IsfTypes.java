package org.vmi4j.profiles.isf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.JsonText;
import org.vmi4j.profiles.json.JsonTypes;
import org.vmi4j.profiles.json.Slice;

/** The types of an ISF file. */
final class IsfTypes extends JsonTypes {
  private static final String UNNAMED_MEMBER = "unnamed_field_";

  private final Map<String, Type> baseTypes;
  private final int pointerSize;

  IsfTypes(
      JsonText text,
      Map<String, Type> baseTypes,
      Map<String, Slice> userTypes,
      Map<String, Slice> enums) {
    super(text, userTypes, enums);
    this.baseTypes = baseTypes;
    Type pointer = baseTypes.get("pointer");
    pointerSize = pointer != null && pointer.size() == Integer.BYTES ? Integer.BYTES : Long.BYTES;
  }

  int pointerSize() {
    return pointerSize;
  }

  @Override
  protected Type base(String name) {
    return baseTypes.get(name);
  }

  @Override
  protected List<String> baseNames() {
    return List.copyOf(baseTypes.keySet());
  }

  @Override
  protected StructType decodeStruct(String name, JsonCursor in) throws IOException {
    in.beginObject(name);
    StructType.Kind kind = StructType.Kind.STRUCT;
    long size = 0;
    List<Member> members = new ArrayList<>();
    String key;
    while ((key = in.nextMember()) != null) {
      switch (key) {
        case "kind" ->
            kind =
                in.string("the kind of " + name).equals("union")
                    ? StructType.Kind.UNION
                    : StructType.Kind.STRUCT;
        case "size" -> size = in.number("the size of " + name, 0, Integer.MAX_VALUE);
        case "fields" -> members(name, in, members);
        default -> in.skip();
      }
    }
    String shown = name.startsWith("unnamed_") ? "" : name;
    return struct(kind, shown, size, members);
  }

  private void members(String struct, JsonCursor in, List<Member> members) throws IOException {
    in.inObject("the fields of " + struct);
    String name;
    while ((name = in.nextMember()) != null) {
      members.add(member(struct, name, in));
    }
  }

  private Member member(String struct, String name, JsonCursor in) throws IOException {
    String full = struct + "." + name;
    in.inObject(full);
    long offset = 0;
    boolean anonymous = false;
    IsfType type = null;
    String key;
    while ((key = in.nextMember()) != null) {
      switch (key) {
        case "offset" -> offset = in.number("the offset of " + full, 0, Integer.MAX_VALUE);
        case "anonymous" -> anonymous = in.isTrue();
        case "type" -> type = IsfType.read(this, full, in);
        default -> in.skip();
      }
    }
    if (type == null) {
      throw in.expected("the type of " + full);
    }
    if (type.bitSize() != 0) {
      return Member.bits(name, offset, type.bitOffset(), type.bitSize(), type.type());
    }
    String own = name.startsWith(UNNAMED_MEMBER) ? "" : name;
    return anonymous
        ? Member.anonymous(own, offset, type.type())
        : Member.of(own, offset, type.type());
  }

  @Override
  protected EnumType decodeEnum(String name, JsonCursor in) throws IOException {
    in.beginObject("enum " + name);
    long size = Integer.BYTES;
    boolean signed = false;
    List<EnumType.Constant> constants = new ArrayList<>();
    String key;
    while ((key = in.nextMember()) != null) {
      switch (key) {
        case "size" -> size = in.number("the size of enum " + name, 0, Long.BYTES);
        case "base" -> {
          Type base = base(in.string("the base of enum " + name));
          signed = base != null && base.signed();
        }
        case "constants" -> constants(name, in, constants);
        default -> in.skip();
      }
    }
    String shown = name.startsWith("unnamed_") ? "" : name;
    return new EnumType(shown, size, signed, () -> constants);
  }

  private static void constants(String name, JsonCursor in, List<EnumType.Constant> constants)
      throws IOException {
    in.inObject("the constants of enum " + name);
    String constant;
    while ((constant = in.nextMember()) != null) {
      constants.add(new EnumType.Constant(constant, in.number("the value of " + constant)));
    }
  }

  /** A structure, union, enumeration or base type, resolved on first use. */
  Supplier<Type> named(String kind, String name) {
    return switch (kind) {
      case "base" -> () -> base(name) == null ? new OpaqueType(name) : base(name);
      case "enum" ->
          () -> enumeration(name).map(Type.class::cast).orElse(new OpaqueType("enum " + name));
      case "union" ->
          () -> struct(name).map(Type.class::cast).orElse(new OpaqueType("union " + name));
      default -> () -> struct(name).map(Type.class::cast).orElse(new OpaqueType("struct " + name));
    };
  }
}
