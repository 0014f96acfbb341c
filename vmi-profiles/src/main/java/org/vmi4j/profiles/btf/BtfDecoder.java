package org.vmi4j.profiles.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.FloatType;
import org.vmi4j.profiles.FunctionType;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;

/** Decodes the types of one BTF section, each once. */
final class BtfDecoder {
  private static final int MAX_ALIASES = 64;
  private static final int INT_SIGNED = 1;
  private static final int INT_CHAR = 2;
  private static final int INT_BOOL = 4;

  private final Btf btf;
  private final BtfTable table;
  private final Type[] decoded;
  private int pointerSize;

  BtfDecoder(Btf btf, BtfTable table) {
    this.btf = btf;
    this.table = table;
    this.decoded = new Type[table.endId() - table.firstId()];
  }

  /** Returns a type by its ID, decoded on first use. */
  private record Ref(Btf btf, int id) implements Supplier<Type> {
    @Override
    public Type get() {
      return btf.type(id);
    }
  }

  private record Members(BtfDecoder decoder, int id) implements Supplier<List<Member>> {
    @Override
    public List<Member> get() {
      return decoder.members(id);
    }
  }

  private record Constants(BtfDecoder decoder, int id)
      implements Supplier<List<EnumType.Constant>> {
    @Override
    public List<EnumType.Constant> get() {
      return decoder.constants(id);
    }
  }

  Type type(int id) {
    if (id == Kinds.VOID) {
      return OpaqueType.VOID;
    }
    if (id < table.firstId() || id >= table.endId()) {
      throw new ProfileException(
          table.origin()
              + ": there is no BTF type "
              + Integer.toUnsignedString(id)
              + "; the last is "
              + (table.endId() - 1));
    }
    Type type = decoded[id - table.firstId()];
    if (type == null) {
      type = Kinds.alias(table.kind(id)) ? behindAlias(id) : decode(id, name(id));
      decoded[id - table.firstId()] = type;
    }
    return type;
  }

  /** Returns the type that an alias stands for; a typedef names a type that has no name. */
  private Type behindAlias(int alias) {
    int typedef = 0;
    int id = alias;
    for (int steps = 0; steps < MAX_ALIASES; steps++) {
      if (id < table.firstId() || id >= table.endId()) {
        return btf.type(id);
      }
      if (!Kinds.alias(table.kind(id))) {
        boolean named = table.nameOffset(id) != 0 || !aggregate(table.kind(id)) || typedef == 0;
        if (named) {
          return type(id);
        }
        return typedef == alias ? decode(id, name(typedef)) : type(typedef);
      }
      if (table.kind(id) == Kinds.TYPEDEF) {
        typedef = id;
      }
      id = table.sizeOrType(id);
    }
    throw new ProfileException(
        table.origin()
            + ": BTF type "
            + alias
            + " leads through more than "
            + MAX_ALIASES
            + " typedefs or qualifiers");
  }

  private static boolean aggregate(int kind) {
    return switch (kind) {
      case Kinds.STRUCT, Kinds.UNION, Kinds.ENUM, Kinds.ENUM64 -> true;
      default -> false;
    };
  }

  private Type decode(int id, String name) {
    return switch (table.kind(id)) {
      case Kinds.INT -> integer(id, name);
      case Kinds.FLOAT -> new FloatType(name, size(id));
      case Kinds.PTR -> new PointerType(pointerSize(), ref(table.sizeOrType(id)));
      case Kinds.ARRAY ->
          new ArrayType(ref(table.extra(id, 0)), Integer.toUnsignedLong(table.extra(id, 2)));
      case Kinds.STRUCT -> struct(StructType.Kind.STRUCT, id, name);
      case Kinds.UNION -> struct(StructType.Kind.UNION, id, name);
      case Kinds.ENUM, Kinds.ENUM64 ->
          new EnumType(name, size(id), table.flag(id), new Constants(this, id));
      case Kinds.FWD -> declared(id, name);
      case Kinds.FUNC_PROTO -> function(id);
      case Kinds.FUNC -> prototype(id);
      default -> new OpaqueType(name);
    };
  }

  private Ref ref(int id) {
    return new Ref(btf, id);
  }

  private String name(int id) {
    return btf.string(table.nameOffset(id));
  }

  private long size(int id) {
    return Integer.toUnsignedLong(table.sizeOrType(id));
  }

  int pointerSize() {
    if (pointerSize == 0) {
      pointerSize = btf.computePointerSize();
    }
    return pointerSize;
  }

  private Type integer(int id, String name) {
    int encoding = table.extra(id, 0) >>> 24;
    IntegerType.Encoding kind =
        (encoding & INT_BOOL) != 0
            ? IntegerType.Encoding.BOOLEAN
            : (encoding & INT_CHAR) != 0 || name.equals("char")
                ? IntegerType.Encoding.CHARACTER
                : IntegerType.Encoding.NUMBER;
    return new IntegerType(name, size(id), (encoding & INT_SIGNED) != 0, kind);
  }

  private StructType struct(StructType.Kind kind, int id, String name) {
    return new StructType(kind, name, size(id), new Members(this, id));
  }

  private Type declared(int id, String name) {
    int kind = table.flag(id) ? Kinds.UNION : Kinds.STRUCT;
    Type defined = name.isEmpty() ? null : btf.definition(name, kind);
    return defined == null
        ? new OpaqueType((kind == Kinds.UNION ? "union " : "struct ") + name)
        : defined;
  }

  private FunctionType function(int id) {
    List<Supplier<Type>> parameters = new ArrayList<>();
    for (int i = 0; i < table.entries(id); i++) {
      parameters.add(ref(table.extra(id, 2 * i + 1)));
    }
    return new FunctionType(ref(table.sizeOrType(id)), parameters);
  }

  /** Returns the prototype of a named function. A BTF function holds nothing else. */
  private Type prototype(int id) {
    int prototype = table.sizeOrType(id);
    boolean own = prototype >= table.firstId() && prototype < table.endId();
    if (own && table.kind(prototype) != Kinds.FUNC_PROTO) {
      throw new ProfileException(
          table.origin() + ": BTF function " + id + " has type " + prototype + ", no prototype");
    }
    return btf.type(prototype);
  }

  private List<Member> members(int id) {
    List<Member> members = new ArrayList<>();
    boolean bitSizes = table.flag(id);
    for (int i = 0; i < table.entries(id); i++) {
      String name = btf.string(table.extra(id, 3 * i));
      int type = table.extra(id, 3 * i + 1);
      int offset = table.extra(id, 3 * i + 2);
      members.add(
          bitSizes
              ? member(name, type, offset & 0xffffff, offset >>> 24)
              : member(name, type, Integer.toUnsignedLong(offset), oldBitSize(type)));
    }
    return members;
  }

  private Member member(String name, int type, long bits, int bitSize) {
    if (bitSize == 0) {
      return Member.of(name, bits >>> 3, ref(type));
    }
    long unit = Math.min(Math.max(btf.type(type).size(), 1), Long.BYTES);
    long offset = bits / (8 * unit) * unit;
    return Member.bits(name, offset, (int) (bits - 8 * offset), bitSize, ref(type));
  }

  /** Before version 1.0 of pahole the integer's own type has the bits of a bit field. */
  private int oldBitSize(int id) {
    if (id < table.firstId() || id >= table.endId() || table.kind(id) != Kinds.INT) {
      return 0;
    }
    int bits = table.extra(id, 0) & 0xff;
    return bits == 8 * size(id) ? 0 : bits;
  }

  private List<EnumType.Constant> constants(int id) {
    List<EnumType.Constant> constants = new ArrayList<>();
    boolean wide = table.kind(id) == Kinds.ENUM64;
    int stride = wide ? 3 : 2;
    for (int i = 0; i < table.entries(id); i++) {
      int low = table.extra(id, stride * i + 1);
      long high = wide ? table.extra(id, stride * i + 2) : table.flag(id) ? low >> 31 : 0;
      long value = high << 32 | Integer.toUnsignedLong(low);
      constants.add(new EnumType.Constant(btf.string(table.extra(id, stride * i)), value));
    }
    return constants;
  }
}
