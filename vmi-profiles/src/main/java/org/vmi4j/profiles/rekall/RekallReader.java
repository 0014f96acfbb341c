package org.vmi4j.profiles.rekall;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.SymbolsBuilder;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.JsonText;
import org.vmi4j.profiles.json.Slice;

/** Collects the sections of a Rekall profile. */
public final class RekallReader {
  /** The key under which this project's own writer keeps the kernel's banner. */
  public static final String BANNER = "Banner";

  /** The keys under which Rekall stores the symbol file that a profile was made from. */
  public static final String PDB_FILE = "PDBFile";

  public static final String GUID_AGE = "GUID_AGE";

  /** A GUID and an age in hexadecimal; other text stands for an unknown file. */
  private static final Pattern KEY = Pattern.compile("([0-9a-fA-F]{32})([0-9a-fA-F]{1,7})");

  private static final int USUAL_SYMBOLS = 20_000;
  private static final int ADDRESS_BITS = 48;

  private final String origin;
  private final SymbolsBuilder symbols = new SymbolsBuilder(USUAL_SYMBOLS);
  private final Map<String, String> metadata = new HashMap<>();
  private Map<String, Slice> structs = Map.of();
  private final Map<String, Slice> enums = new LinkedHashMap<>();
  private boolean any;

  /** Creates a reader without sections. */
  public RekallReader(String origin) {
    this.origin = origin;
  }

  /** Returns whether there was a section of a Rekall profile. */
  public boolean any() {
    return any;
  }

  /** Reads a section of the file if it belongs to a Rekall profile. */
  public boolean accept(String section, JsonCursor in) throws IOException {
    switch (section) {
      case "$METADATA" -> metadata(in);
      case "$STRUCTS" -> structs = in.index("$STRUCTS");
      case "$ENUMS" -> in.index(section).forEach(enums::putIfAbsent);
      // Where a value has several names, only this section has them all.
      case "$REVENUMS" -> enums.putAll(in.index(section));
      case "$CONSTANTS" -> symbols(section, in, Symbol.UNKNOWN);
      case "$FUNCTIONS" -> symbols(section, in, 'T');
      default -> {
        return false;
      }
    }
    any = true;
    return true;
  }

  private void metadata(JsonCursor in) throws IOException {
    in.inObject("$METADATA");
    String name;
    while ((name = in.nextMember()) != null) {
      metadata.put(name, in.scalar());
      in.skip();
    }
  }

  private void symbols(String section, JsonCursor in, char kind) throws IOException {
    in.inObject(section);
    String name;
    while ((name = in.nextMember()) != null) {
      if (in.isNumber()) {
        symbols.add(name, canonical(in.number("an address")), kind);
      } else {
        in.skip();
      }
    }
  }

  /**
   * Rekall keeps 48 bits of an address (its Pointer.integer_to_address), so that an address in the
   * kernel's half has to be sign-extended. No user-mode address and no offset from an image is that
   * large.
   */
  private static long canonical(long address) {
    boolean upper = address >>> ADDRESS_BITS - 1 == 1;
    return upper ? address | -1L << ADDRESS_BITS : address;
  }

  /** Returns the profile, after all sections have been read. */
  public Profile profile(JsonText text) {
    boolean linux =
        metadata.getOrDefault("ProfileClass", "").equals("Linux")
            || structs.containsKey("task_struct");
    int pointerSize = pointerSize(text);
    int longSize = linux ? pointerSize : Integer.BYTES;
    RekallTypes types = new RekallTypes(text, structs, enums, pointerSize, longSize);
    String named = origin + " (Rekall JSON)";
    Profile profile = Profile.of(named, types, symbols.build(), pointerSize);
    return identity().map(profile::withIdentity).orElse(profile);
  }

  private Optional<Identity> identity() {
    String banner = metadata.getOrDefault(BANNER, "");
    if (!banner.isEmpty()) {
      return Optional.of(new Identity.LinuxBanner(banner));
    }
    String file = metadata.getOrDefault(PDB_FILE, "");
    Matcher key = KEY.matcher(metadata.getOrDefault(GUID_AGE, ""));
    if (file.isEmpty() || !key.matches()) {
      return Optional.empty();
    }
    String guid = key.group(1).toUpperCase(Locale.ROOT);
    return Optional.of(new Identity.Pdb(file, guid, Integer.parseInt(key.group(2), 16)));
  }

  /**
   * Determines the pointer size from the architecture, or from the size of list_head or
   * _LIST_ENTRY.
   */
  private int pointerSize(JsonText text) {
    String architecture = metadata.getOrDefault("arch", "");
    if (!architecture.isEmpty()) {
      return architecture.equals("I386") || architecture.equals("ARM") ? Integer.BYTES : Long.BYTES;
    }
    Slice pair = structs.getOrDefault("_LIST_ENTRY", structs.get("list_head"));
    return pair != null && text.read(pair, RekallTypes::size) == Long.BYTES
        ? Integer.BYTES
        : Long.BYTES;
  }
}
