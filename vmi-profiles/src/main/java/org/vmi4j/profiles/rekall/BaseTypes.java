package org.vmi4j.profiles.rekall;

import java.util.List;
import org.vmi4j.profiles.FloatType;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.IntegerType.Encoding;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.Type;

/**
 * The base types of C, which a Rekall profile names without describing them.
 *
 * @param pointerSize bytes in a pointer
 * @param longSize bytes in a {@code long}, which is 4 in all of Windows
 */
record BaseTypes(int pointerSize, int longSize) {
  static final List<String> NAMES =
      List.of(
          "char",
          "unsigned char",
          "short",
          "unsigned short",
          "int",
          "unsigned int",
          "long",
          "unsigned long",
          "long long",
          "unsigned long long",
          "bool",
          "float",
          "double",
          "void");

  /**
   * Returns the type with a name, whose words may be in any order that C allows; null if there is
   * none.
   */
  Type named(String name) {
    return switch (name) {
      case "Void", "void" -> OpaqueType.VOID;
      case "bool", "_Bool", "Bool" -> new IntegerType(name, 1, false, Encoding.BOOLEAN);
      case "float" -> new FloatType(name, Float.BYTES);
      case "double" -> new FloatType(name, Double.BYTES);
      case "address" -> new IntegerType(name, pointerSize, false, Encoding.NUMBER);
      case "byte" -> new IntegerType(name, 1, false, Encoding.NUMBER);
      case "UnixTimeStamp" -> new IntegerType(name, 4, false, Encoding.NUMBER);
      case "WinFileTime" -> new IntegerType(name, 8, false, Encoding.NUMBER);
      default -> integer(name);
    };
  }

  private Type integer(String name) {
    boolean unsigned = false;
    int longs = 0;
    int size = Integer.BYTES;
    boolean character = false;
    for (String word : name.split(" ", -1)) {
      switch (word) {
        case "unsigned" -> unsigned = true;
        case "signed", "int" -> {}
        case "long" -> longs++;
        case "short" -> size = Short.BYTES;
        case "char" -> {
          size = 1;
          character = true;
        }
        default -> {
          return null;
        }
      }
    }
    int width = longs == 0 ? size : longs == 1 ? longSize : Long.BYTES;
    return new IntegerType(
        name, width, !unsigned, character ? Encoding.CHARACTER : Encoding.NUMBER);
  }
}
