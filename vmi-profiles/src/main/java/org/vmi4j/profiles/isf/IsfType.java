package org.vmi4j.profiles.isf;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.FunctionType;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.Known;

/**
 * The type of a member as ISF describes it.
 *
 * @param type the type; for a bit field, that of its storage
 * @param bitOffset the lowest bit of a bit field
 * @param bitSize the width of a bit field in bits, 0 for others
 */
record IsfType(Supplier<Type> type, int bitOffset, int bitSize) {
  private static final Supplier<Type> VOID = new Known(OpaqueType.VOID);

  static IsfType read(IsfTypes types, String what, JsonCursor in) throws IOException {
    in.inObject("the type of " + what);
    String kind = "";
    String name = "";
    Supplier<Type> inner = VOID;
    long count = 0;
    int position = 0;
    int length = 0;
    String key;
    while ((key = in.nextMember()) != null) {
      switch (key) {
        case "kind" -> kind = in.string("the kind of " + what);
        case "name" -> name = in.string("the type's name of " + what);
        case "subtype", "type" -> inner = read(types, what, in).type();
        case "count" -> count = in.number("the count of " + what, 0, 1L << 40);
        case "bit_position" -> position = (int) in.number("the bit of " + what, 0, 1 << 20);
        case "bit_length" -> length = (int) in.number("the bits of " + what, 1, Long.SIZE);
        default -> in.skip();
      }
    }
    return switch (kind) {
      case "pointer" -> plain(new PointerType(types.pointerSize(), inner));
      case "array" -> plain(new ArrayType(inner, count));
      case "function" -> plain(new FunctionType(VOID, List.of()));
      case "bitfield" -> bits(what, inner, position, length, in);
      case "base", "struct", "union", "class", "enum" -> new IsfType(types.named(kind, name), 0, 0);
      default -> throw in.expected("a kind of type that ISF knows, not '" + kind + "',");
    };
  }

  private static IsfType plain(Type type) {
    return new IsfType(new Known(type), 0, 0);
  }

  private static IsfType bits(
      String what, Supplier<Type> storage, int position, int length, JsonCursor in)
      throws IOException {
    if (length == 0) {
      throw in.expected("the bit_length of " + what);
    }
    return new IsfType(storage, position, length);
  }
}
