package org.vmi4j.profiles.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.Types;
import org.vmi4j.profiles.io.Profiles;

/** Asks all that can be asked of what was read from rubbish; only a ProfileException may come. */
final class Explorer {
  private static final int ENOUGH = 200;

  private Explorer() {}

  static void explore(Types types) {
    List<String> names = types.names().limit(ENOUGH).toList();
    for (String name : names) {
      try {
        types.named(name).ifPresent(Explorer::explore);
        types.struct(name).ifPresent(Explorer::explore);
      } catch (ProfileException refused) {
        check(refused);
      }
    }
    try {
      Profile profile = Profile.of("fuzz", types, Symbols.NONE, 8);
      Profiles.writeIsf(profile, OutputStream.nullOutputStream());
      Profiles.writeRekall(profile, OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new AssertionError("nothing that is written to can fail", e);
    }
  }

  private static void explore(Type type) {
    Declaration.of(type, "x");
    if (type instanceof StructType struct) {
      Declaration.layout(struct).forEach(row -> struct.field(row.field().name()));
      struct.field("a.b[1].c");
    } else if (type instanceof EnumType enumeration) {
      enumeration.nameOf(1);
    }
  }

  static void explore(Symbols symbols) {
    Symbols moved = symbols.shifted(0x1000);
    symbols.all().limit(ENOUGH).forEach(symbol -> explore(symbols, moved, symbol));
  }

  private static void explore(Symbols symbols, Symbols moved, Symbol symbol) {
    OptionalLong address = symbols.address(symbol.name());
    if (address.isEmpty() || !symbols.all(symbol.name()).contains(symbol)) {
      throw new AssertionError(symbol + " is not found by its name");
    }
    if (symbols.nearest(symbol.address()).orElseThrow().address() != symbol.address()) {
      throw new AssertionError(symbol + " is not found by its address");
    }
    moved.nearest(symbol.address());
  }

  /** An error must say something. */
  static void check(ProfileException refused) {
    if (refused.getMessage() == null || refused.getMessage().isBlank()) {
      throw new AssertionError("an error without a message", refused);
    }
  }
}
