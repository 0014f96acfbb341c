package org.vmi4j.profiles.rekall;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.FunctionType;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.Known;

/**
 * The type of a member as Rekall describes it: a name, and arguments that depend on it.
 *
 * @param name the name
 * @param type the type; for a bit field, that of its storage
 * @param bitOffset the lowest bit of a bit field
 * @param bitSize the width of a bit field in bits, 0 for others
 */
record RekallType(String name, Supplier<Type> type, int bitOffset, int bitSize) {
  private static final int MAX_BIT = 1 << 10;
  private static final Supplier<Type> VOID = new Known(OpaqueType.VOID);
  private static final Supplier<Type> BYTE =
      new Known(new IntegerType("char", 1, true, IntegerType.Encoding.CHARACTER));

  /** Reads an array of a name and its arguments, whose first bracket has been read. */
  static RekallType read(RekallTypes types, String what, JsonCursor in) throws IOException {
    in.next();
    String name = in.string("the type's name of " + what);
    Arguments arguments = new Arguments();
    while (in.nextElement()) {
      if (in.isObject()) {
        arguments.read(types, what, in);
      } else {
        in.skip();
      }
    }
    return arguments.type(types, what, name, in);
  }

  private static final class Arguments {
    private String target = "Void";
    private Arguments targetArguments;
    private long count;
    private int startBit;
    private int endBit;
    private String enumName = "";
    private long length;

    void read(RekallTypes types, String what, JsonCursor in) throws IOException {
      String key;
      while ((key = in.nextMember()) != null) {
        switch (key) {
          case "target" -> target = in.scalar();
          case "target_args" -> targetArguments = nested(types, what, in);
          case "count" -> count = quantity("the count of " + what, 1L << 40, in);
          case "start_bit" -> startBit = (int) quantity("the bit of " + what, MAX_BIT, in);
          case "end_bit" -> endBit = (int) quantity("the last bit of " + what, MAX_BIT, in);
          case "enum_name" -> enumName = in.scalar();
          case "length" -> length = quantity("the length of " + what, 1L << 40, in);
          default -> in.skip();
        }
      }
    }

    private static long quantity(String what, long most, JsonCursor in) throws IOException {
      return in.number(what, 0, most);
    }

    private static Arguments nested(RekallTypes types, String what, JsonCursor in)
        throws IOException {
      Arguments nested = new Arguments();
      if (in.isObject()) {
        nested.read(types, what, in);
      } else {
        in.skip();
      }
      return nested;
    }

    RekallType type(RekallTypes types, String what, String name, JsonCursor in) throws IOException {
      return switch (name) {
        case "Pointer", "Pointer32" ->
            plain(name, new PointerType(types.pointerSize(), target(types, what, in)));
        case "Array" -> plain(name, new ArrayType(target(types, what, in), count));
        case "String", "UnicodeString" -> plain(name, new ArrayType(BYTE, length));
        case "Function" -> plain(name, new FunctionType(VOID, List.of()));
        case "Enumeration" -> enumeration(types, what, in);
        case "BitField" -> bits(types, what, in);
        default -> new RekallType(name, new Named(types, name), 0, 0);
      };
    }

    private Supplier<Type> target(RekallTypes types, String what, JsonCursor in)
        throws IOException {
      Arguments inner = targetArguments == null ? new Arguments() : targetArguments;
      return inner.type(types, what, target, in).type();
    }

    private RekallType enumeration(RekallTypes types, String what, JsonCursor in)
        throws IOException {
      Supplier<Type> storage = target(types, what, in);
      return new RekallType("Enumeration", () -> types.enumeration(enumName, storage.get()), 0, 0);
    }

    private RekallType bits(RekallTypes types, String what, JsonCursor in) throws IOException {
      if (endBit <= startBit || endBit - startBit > Long.SIZE) {
        throw in.expected(
            "a bit field of 1 to 64 bits, not from " + startBit + " to " + endBit + ",");
      }
      return new RekallType("BitField", target(types, what, in), startBit, endBit - startBit);
    }

    private static RekallType plain(String name, Type type) {
      return new RekallType(name, new Known(type), 0, 0);
    }
  }

  /** A structure, enumeration or base type, resolved on first use. */
  private record Named(RekallTypes types, String name) implements Supplier<Type> {
    @Override
    public Type get() {
      return types.named(name).orElseGet(() -> new OpaqueType(name));
    }
  }
}
