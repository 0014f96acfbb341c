package org.vmi4j.profiles.rekall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.JsonText;
import org.vmi4j.profiles.json.JsonTypes;
import org.vmi4j.profiles.json.Slice;

/** The types of a Rekall profile, which names base types but does not describe them. */
final class RekallTypes extends JsonTypes {
  /** The names that Rekall generates for anonymous members. */
  private static final Pattern UNNAMED_MEMBER = Pattern.compile("u\\d*");

  private final BaseTypes baseTypes;
  private final int pointerSize;
  private final Map<Storage, EnumType> stored = new ConcurrentHashMap<>();

  /** An enumeration and the integer in which a member stores it. */
  private record Storage(String name, long size, boolean signed) {}

  RekallTypes(
      JsonText text,
      Map<String, Slice> structs,
      Map<String, Slice> enums,
      int pointerSize,
      int longSize) {
    super(text, structs, enums);
    this.pointerSize = pointerSize;
    this.baseTypes = new BaseTypes(pointerSize, longSize);
  }

  int pointerSize() {
    return pointerSize;
  }

  @Override
  protected Type base(String name) {
    return hasStruct(name) ? null : baseTypes.named(name);
  }

  @Override
  protected List<String> baseNames() {
    return BaseTypes.NAMES;
  }

  /** Returns the size of a structure, which is written as its size and its members. */
  static long size(JsonCursor in) throws IOException {
    in.beginArray("a structure");
    in.next();
    return in.number("the size of a structure", 0, Integer.MAX_VALUE);
  }

  @Override
  protected StructType decodeStruct(String name, JsonCursor in) throws IOException {
    long size = size(in);
    in.beginObject("the members of " + name);
    List<Member> members = new ArrayList<>();
    String member;
    boolean overlaid = size > 0;
    while ((member = in.nextMember()) != null) {
      members.add(member(name + "." + member, member, in));
    }
    for (Member each : members) {
      overlaid &= each.offset() == 0;
    }
    boolean union = overlaid && members.size() > 1 && wholeBytes(members);
    return struct(
        union ? StructType.Kind.UNION : StructType.Kind.STRUCT,
        unnamed(name) ? "" : name,
        size,
        members);
  }

  private static boolean wholeBytes(List<Member> members) {
    return members.stream().anyMatch(member -> member.bitSize() == 0);
  }

  private Member member(String full, String name, JsonCursor in) throws IOException {
    if (!in.isArray()) {
      throw in.expected(full + ", an array of its offset and type");
    }
    in.next();
    long offset = in.number("the offset of " + full, 0, Integer.MAX_VALUE);
    in.beginArray("the type of " + full);
    RekallType type = RekallType.read(this, full, in);
    in.endArray(full);
    if (type.bitSize() != 0) {
      return Member.bits(name, offset, type.bitOffset(), type.bitSize(), type.type());
    }
    return unnamed(type.name()) && UNNAMED_MEMBER.matcher(name).matches()
        ? Member.anonymous(name, offset, type.type())
        : Member.of(name, offset, type.type());
  }

  /** Returns whether a type has a made-up name. */
  static boolean unnamed(String type) {
    return type.startsWith("__unnamed_") || type.startsWith("<unnamed-");
  }

  /** Creates an enumeration whose storage is stated where it is used. */
  Type enumeration(String name, Type storage) {
    EnumType plain = enumeration(name).orElse(null);
    if (plain == null) {
      return new EnumType(name, storage.size(), storage.signed(), List::of);
    }
    boolean same = plain.size() == storage.size() && plain.signed() == storage.signed();
    return same
        ? plain
        : stored.computeIfAbsent(
            new Storage(name, storage.size(), storage.signed()),
            key -> new EnumType(name, key.size(), key.signed(), plain::constants));
  }

  /** Values with their names from $ENUMS, or names with their values from $REVENUMS. */
  @Override
  protected EnumType decodeEnum(String name, JsonCursor in) throws IOException {
    in.beginObject("enum " + name);
    List<EnumType.Constant> constants = new ArrayList<>();
    String key;
    while ((key = in.nextMember()) != null) {
      constants.add(
          in.isNumber()
              ? new EnumType.Constant(key, in.number("the value of " + key))
              : new EnumType.Constant(in.string("the name of " + key), value(key, in)));
    }
    constants.sort(Comparator.comparingLong(EnumType.Constant::value));
    return new EnumType(name, Integer.BYTES, true, () -> constants);
  }

  private static long value(String key, JsonCursor in) throws IOException {
    try {
      return Long.parseLong(key);
    } catch (NumberFormatException e) {
      throw new ProfileException(
          in.expected("a name whose key is a number, not '" + key + "',").getMessage(), e);
    }
  }
}
