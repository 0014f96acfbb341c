package org.vmi4j.profiles.isf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.vmi4j.profiles.FloatType;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.SymbolsBuilder;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.JsonText;
import org.vmi4j.profiles.json.Slice;

/** Collects the sections of an ISF file. */
public final class IsfReader {
  private static final int MIN_FORMAT = 4;
  private static final int MAX_FORMAT = 6;
  private static final int USUAL_SYMBOLS = 100_000;

  private final String origin;
  private final Map<String, Type> baseTypes = new HashMap<>();
  private final SymbolsBuilder symbols = new SymbolsBuilder(USUAL_SYMBOLS);
  private Map<String, Slice> userTypes = Map.of();
  private Map<String, Slice> enums = Map.of();
  private String format = "";
  private Identity identity;
  private boolean any;

  /** Creates a reader without sections. */
  public IsfReader(String origin) {
    this.origin = origin;
  }

  /** Returns whether there was a section of ISF. */
  public boolean any() {
    return any;
  }

  /** Reads a section of the file if it belongs to ISF. */
  public boolean accept(String section, JsonCursor in) throws IOException {
    switch (section) {
      case "metadata" -> metadata(in);
      case "base_types" -> baseTypes(in);
      case "user_types" -> userTypes = in.index("user_types");
      case "enums" -> enums = in.index("enums");
      case "symbols" -> symbols(in);
      default -> {
        return false;
      }
    }
    any = true;
    return true;
  }

  private void metadata(JsonCursor in) throws IOException {
    in.inObject("metadata");
    String name;
    while ((name = in.nextMember()) != null) {
      switch (name) {
        case "format" -> {
          format = in.string("the format");
          checkFormat();
        }
        case "windows" -> windows(in);
        default -> in.skip();
      }
    }
  }

  private void windows(JsonCursor in) throws IOException {
    in.inObject("metadata.windows");
    String name;
    while ((name = in.nextMember()) != null) {
      if (name.equals("pdb")) {
        pdb(in);
      } else {
        in.skip();
      }
    }
  }

  private void pdb(JsonCursor in) throws IOException {
    in.inObject("metadata.windows.pdb");
    String file = "";
    String guid = "";
    int age = 0;
    String name;
    while ((name = in.nextMember()) != null) {
      switch (name) {
        case "database" -> file = in.string("the database of the PDB");
        case "GUID" -> guid = in.string("the GUID of the PDB");
        case "age" -> age = (int) in.number("the age of the PDB", 0, Integer.MAX_VALUE);
        default -> in.skip();
      }
    }
    if (guid.matches("[0-9a-fA-F]{32}")) {
      identity = new Identity.Pdb(file, guid.toUpperCase(Locale.ROOT), age);
    }
  }

  private void checkFormat() {
    int dot = format.indexOf('.');
    String major = dot < 0 ? format : format.substring(0, dot);
    boolean known = major.length() == 1;
    known &= known && major.charAt(0) - '0' >= MIN_FORMAT && major.charAt(0) - '0' <= MAX_FORMAT;
    if (!known) {
      throw new ProfileException(
          origin
              + " is of ISF format "
              + format
              + "; formats "
              + MIN_FORMAT
              + ".x to "
              + MAX_FORMAT
              + ".x are read");
    }
  }

  private void baseTypes(JsonCursor in) throws IOException {
    in.inObject("base_types");
    String name;
    while ((name = in.nextMember()) != null) {
      baseTypes.put(name, baseType(name, in));
    }
  }

  private static Type baseType(String name, JsonCursor in) throws IOException {
    in.inObject("base type " + name);
    long size = 0;
    boolean signed = false;
    String kind = "int";
    String key;
    while ((key = in.nextMember()) != null) {
      switch (key) {
        case "size" -> size = in.number("the size of " + name, 0, 64);
        case "signed" -> signed = in.isTrue();
        case "kind" -> kind = in.string("the kind of " + name);
        case "endian" -> littleEndian(name, in);
        default -> in.skip();
      }
    }
    return switch (kind) {
      case "void" -> new OpaqueType(name);
      case "float" -> new FloatType(name, size);
      case "char" -> new IntegerType(name, size, signed, IntegerType.Encoding.CHARACTER);
      case "bool" -> new IntegerType(name, size, signed, IntegerType.Encoding.BOOLEAN);
      default -> new IntegerType(name, size, signed, IntegerType.Encoding.NUMBER);
    };
  }

  private static void littleEndian(String name, JsonCursor in) throws IOException {
    if (!in.string("the byte order of " + name).equals("little")) {
      throw in.expected("\"little\", the only byte order that is read");
    }
  }

  private void symbols(JsonCursor in) throws IOException {
    in.inObject("symbols");
    String name;
    while ((name = in.nextMember()) != null) {
      in.inObject("a symbol");
      long address = 0;
      String key;
      while ((key = in.nextMember()) != null) {
        if (key.equals("address")) {
          address = in.number("an address");
        } else if (key.equals("constant_data") && name.equals("linux_banner")) {
          banner(in);
        } else {
          in.skip();
        }
      }
      symbols.add(name, address);
    }
  }

  private void banner(JsonCursor in) throws IOException {
    try {
      byte[] bytes = Base64.getDecoder().decode(in.string("the banner"));
      int end = 0;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      String text = new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
      identity = text.isEmpty() ? identity : new Identity.LinuxBanner(text);
    } catch (IllegalArgumentException e) {
      throw new ProfileException(in.expected("base64").getMessage(), e);
    }
  }

  /** Returns the profile, after all sections have been read. */
  public Profile profile(JsonText text) {
    IsfTypes types = new IsfTypes(text, baseTypes, userTypes, enums);
    String named = origin + " (Volatility ISF" + (format.isEmpty() ? "" : " " + format) + ")";
    Profile profile = Profile.of(named, types, symbols.build(), types.pointerSize());
    return identity == null ? profile : profile.withIdentity(identity);
  }
}
