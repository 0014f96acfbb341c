package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.rekall.RekallReader;

/**
 * Writes a profile as Rekall JSON, which has no anonymous members: their members are written as
 * members of the enclosing structure.
 */
final class RekallWriter {
  private static final int VERSION = 20000404;

  private final Profile profile;
  private final JsonGenerator out;
  private final TypeCatalog types;

  RekallWriter(Profile profile, JsonGenerator out) {
    this.profile = profile;
    this.out = out;
    this.types = new TypeCatalog(profile.types(), "__unnamed_");
  }

  void write() throws IOException {
    out.writeStartObject();
    metadata();
    symbols("$CONSTANTS", false);
    symbols("$FUNCTIONS", true);
    enums("$ENUMS", true);
    enums("$REVENUMS", false);
    out.writeObjectFieldStart("$STRUCTS");
    for (StructType type : types.structs()) {
      struct(type);
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private void metadata() throws IOException {
    boolean linux = profile.types().struct("task_struct").isPresent();
    out.writeObjectFieldStart("$METADATA");
    out.writeStringField("ProfileClass", linux ? "Linux" : "Windows");
    out.writeStringField("Type", "Profile");
    out.writeNumberField("Version", VERSION);
    if (profile.pointerSize() == Integer.BYTES) {
      out.writeStringField("arch", "I386");
    }
    if (profile.identity().isPresent()) {
      identity(profile.identity().get());
    }
    out.writeEndObject();
  }

  private void identity(Identity identity) throws IOException {
    if (identity instanceof Identity.LinuxBanner banner) {
      out.writeStringField(RekallReader.BANNER, banner.text());
    } else if (identity instanceof Identity.Pdb pdb) {
      out.writeStringField(RekallReader.PDB_FILE, pdb.file());
      String age = Integer.toHexString(pdb.age()).toUpperCase(Locale.ROOT);
      out.writeStringField(RekallReader.GUID_AGE, pdb.guid() + age);
    }
  }

  private void symbols(String section, boolean functions) throws IOException {
    out.writeObjectFieldStart(section);
    Set<String> names = new HashSet<>();
    Iterator<Symbol> symbols = profile.symbols().all().iterator();
    while (symbols.hasNext()) {
      Symbol symbol = symbols.next();
      boolean first = names.add(symbol.name());
      if (first && functions == isFunction(symbol)) {
        // A signed number: json-c's json_object_get_int64, with which LibVMI reads these, saturates
        // larger ones; Rekall keeps 48 bits of either.
        out.writeNumberField(symbol.name(), symbol.address());
      }
    }
    out.writeEndObject();
  }

  private static boolean isFunction(Symbol symbol) {
    return "tTwW".indexOf(symbol.kind()) >= 0;
  }

  private void enums(String section, boolean byValue) throws IOException {
    out.writeObjectFieldStart(section);
    for (EnumType type : types.enums()) {
      out.writeObjectFieldStart(types.name(type));
      Set<String> keys = new HashSet<>();
      for (EnumType.Constant constant : type.constants()) {
        String value = Long.toString(constant.value());
        if (keys.add(byValue ? value : constant.name())) {
          if (byValue) {
            out.writeStringField(value, constant.name());
          } else {
            out.writeNumberField(constant.name(), constant.value());
          }
        }
      }
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private void struct(StructType type) throws IOException {
    out.writeArrayFieldStart(types.name(type));
    out.writeNumber(type.size());
    out.writeStartObject();
    Set<String> names = new HashSet<>();
    RekallTypeWriter typeWriter = new RekallTypeWriter(types, out);
    int named = Integer.MAX_VALUE;
    for (LayoutRow row : Declaration.layout(type)) {
      Field field = row.field();
      if (row.depth() > named) {
        continue;
      }
      // What is in a member that has a name of its own is written with that member's type.
      named = field.name().isEmpty() ? Integer.MAX_VALUE : row.depth();
      if (!field.name().isEmpty() && names.add(field.name())) {
        out.writeArrayFieldStart(field.name());
        out.writeNumber(field.offset());
        typeWriter.write(field);
        out.writeEndArray();
      }
    }
    out.writeEndObject();
    out.writeEndArray();
  }
}
