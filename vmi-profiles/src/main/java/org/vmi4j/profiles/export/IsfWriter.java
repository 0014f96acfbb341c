package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.FloatType;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Type;

/** Writes a profile as Volatility's intermediate symbol file, format 6.2.0. */
final class IsfWriter {
  private static final String FORMAT = "6.2.0";

  /** IMAGE_FILE_MACHINE_AMD64 and IMAGE_FILE_MACHINE_I386 of the PE format. */
  private static final int AMD64 = 0x8664;

  private static final int I386 = 0x14c;

  private final Profile profile;
  private final JsonGenerator out;
  private final TypeCatalog types;
  private final IsfTypeWriter typeWriter;

  IsfWriter(Profile profile, JsonGenerator out) {
    this.profile = profile;
    this.out = out;
    this.types = new TypeCatalog(profile.types(), "unnamed_");
    this.typeWriter = new IsfTypeWriter(types, out);
  }

  void write() throws IOException {
    out.writeStartObject();
    metadata();
    out.writeObjectFieldStart("enums");
    for (EnumType type : types.enums()) {
      enumeration(type);
    }
    out.writeEndObject();
    baseTypes();
    out.writeObjectFieldStart("user_types");
    for (StructType type : types.structs()) {
      struct(type);
    }
    out.writeEndObject();
    symbols();
    out.writeEndObject();
  }

  private void metadata() throws IOException {
    out.writeObjectFieldStart("metadata");
    out.writeObjectFieldStart("producer");
    out.writeStringField("name", "vmi4j");
    out.writeStringField("version", "0.1.0");
    out.writeEndObject();
    out.writeStringField("format", FORMAT);
    if (profile.identity().orElse(null) instanceof Identity.Pdb pdb) {
      windows(pdb);
    } else if (profile.types().struct("task_struct").isPresent()) {
      out.writeObjectFieldStart("linux");
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private void windows(Identity.Pdb pdb) throws IOException {
    out.writeObjectFieldStart("windows");
    out.writeObjectFieldStart("pdb");
    out.writeStringField("GUID", pdb.guid());
    out.writeNumberField("age", pdb.age());
    out.writeStringField("database", pdb.file());
    out.writeNumberField("machine_type", profile.pointerSize() == Long.BYTES ? AMD64 : I386);
    out.writeEndObject();
    out.writeEndObject();
  }

  private void baseTypes() throws IOException {
    out.writeObjectFieldStart("base_types");
    baseType("void", "void", 0, false);
    baseType("pointer", "int", profile.pointerSize(), false);
    for (Type type : types.bases().values()) {
      if (!type.name().equals("void") && !type.name().equals("pointer")) {
        baseType(type.name(), kind(type), type.size(), type.signed());
      }
    }
    out.writeEndObject();
  }

  private static String kind(Type type) {
    if (type instanceof FloatType) {
      return "float";
    }
    return switch (((IntegerType) type).encoding()) {
      case NUMBER -> "int";
      case CHARACTER -> "char";
      case BOOLEAN -> "bool";
    };
  }

  private void baseType(String name, String kind, long size, boolean signed) throws IOException {
    out.writeObjectFieldStart(name);
    out.writeNumberField("size", size);
    out.writeBooleanField("signed", signed);
    out.writeStringField("kind", kind);
    out.writeStringField("endian", "little");
    out.writeEndObject();
  }

  private void struct(StructType type) throws IOException {
    out.writeObjectFieldStart(types.name(type));
    out.writeStringField("kind", type.kind().keyword());
    out.writeNumberField("size", type.size());
    out.writeObjectFieldStart("fields");
    Set<String> names = new HashSet<>();
    int unnamed = 0;
    for (Member member : type.members()) {
      String name =
          member.name().isEmpty()
              ? "unnamed_field_" + Integer.toHexString(unnamed++)
              : member.name();
      if (names.add(name)) {
        member(name, member);
      }
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private void member(String name, Member member) throws IOException {
    out.writeObjectFieldStart(name);
    out.writeFieldName("type");
    typeWriter.write(member);
    out.writeNumberField("offset", member.offset());
    if (member.anonymous()) {
      out.writeBooleanField("anonymous", true);
    }
    out.writeEndObject();
  }

  private void enumeration(EnumType type) throws IOException {
    out.writeObjectFieldStart(types.name(type));
    out.writeNumberField("size", type.size());
    out.writeStringField("base", types.storage(type));
    out.writeObjectFieldStart("constants");
    for (EnumType.Constant constant : type.constants()) {
      out.writeFieldName(constant.name());
      Numbers.write(out, constant.value(), type.signed());
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private void symbols() throws IOException {
    out.writeObjectFieldStart("symbols");
    Set<String> names = new HashSet<>();
    Iterator<Symbol> symbols = profile.symbols().all().iterator();
    while (symbols.hasNext()) {
      Symbol symbol = symbols.next();
      if (names.add(symbol.name())) {
        symbol(symbol);
      }
    }
    out.writeEndObject();
  }

  private void symbol(Symbol symbol) throws IOException {
    out.writeObjectFieldStart(symbol.name());
    out.writeFieldName("type");
    if (!symbol.name().equals("linux_banner")
        || !(profile.identity().orElse(null) instanceof Identity.LinuxBanner banner)) {
      typeWriter.write(KernelVariables.type(symbol.name(), profile).orElse(OpaqueType.VOID));
    } else {
      byte[] bytes = (banner.text() + "\n\0").getBytes(StandardCharsets.UTF_8);
      typeWriter.characters(bytes.length);
      out.writeStringField("constant_data", Base64.getEncoder().encodeToString(bytes));
    }
    out.writeFieldName("address");
    Numbers.write(out, symbol.address(), false);
    out.writeEndObject();
  }
}
