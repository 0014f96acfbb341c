package org.vmi4j.os.linux.syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The names of the values of an argument, or of its bits. */
final class Constants {
  private final List<Constant> all;

  /**
   * @param mask the bits that are compared; those that no other constant explains then
   */
  record Constant(String name, long value, long mask) {}

  private Constants(List<Constant> all) {
    this.all = all;
  }

  /**
   * Bits, each with a name.
   *
   * @param lines a name and a value each; or a name, a value and the mask of a field of several
   *     bits, of which the value zero comes first. Numbers are as in C.
   */
  static Constants bits(String lines) {
    return parse(lines, false);
  }

  /**
   * Values, each with a name.
   *
   * @param lines a name and a value each
   */
  static Constants values(String lines) {
    return parse(lines, true);
  }

  private static Constants parse(String lines, boolean whole) {
    List<Constant> all = new ArrayList<>();
    for (String line : (Iterable<String>) lines.lines()::iterator) {
      String[] words = line.split(" ", -1);
      long value = Long.decode(words[1]);
      all.add(
          new Constant(
              words[0], value, words.length > 2 ? Long.decode(words[2]) : whole ? -1 : value));
    }
    return new Constants(all);
  }

  /** Returns all constants, for tests. */
  List<Constant> all() {
    return all;
  }

  /** Returns the names in a value, joined by {@code |}; what has none is in hexadecimal. */
  String text(long value) {
    StringJoiner names = new StringJoiner("|");
    long rest = value;
    boolean named = false;
    for (Constant each : all) {
      if ((rest & each.mask()) == each.value()) {
        names.add(each.name());
        rest &= ~each.mask();
        named = true;
        if (each.mask() == -1) {
          break;
        }
      }
    }
    if (rest != 0 || !named) {
      names.add(rest == 0 ? "0" : "0x" + Long.toHexString(rest));
    }
    return names.toString();
  }
}
