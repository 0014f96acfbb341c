package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.FunctionType;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.Member;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;

/** Writes the types of members in ISF. */
final class IsfTypeWriter {
  private final TypeCatalog types;
  private final JsonGenerator out;

  IsfTypeWriter(TypeCatalog types, JsonGenerator out) {
    this.types = types;
    this.out = out;
  }

  void write(Member member) throws IOException {
    if (member.bitSize() == 0) {
      write(member.type());
      return;
    }
    begin("bitfield");
    out.writeNumberField("bit_position", member.bitOffset());
    out.writeNumberField("bit_length", member.bitSize());
    out.writeFieldName("type");
    storage(member.type());
    out.writeEndObject();
  }

  /** A bit field is stored in a number or an enumeration; the schema allows nothing else. */
  private void storage(Type type) throws IOException {
    if (type instanceof EnumType || type instanceof IntegerType) {
      write(type);
    } else {
      base("void");
    }
  }

  void write(Type type) throws IOException {
    write(type, 0);
  }

  private void write(Type type, int depth) throws IOException {
    if (TypeCatalog.isVoid(type) || depth > TypeCatalog.MAX_NESTING) {
      base("void");
    } else if (type instanceof PointerType pointer) {
      begin("pointer");
      nested(pointer.target(), depth);
    } else if (type instanceof ArrayType array) {
      begin("array");
      out.writeNumberField("count", array.count());
      nested(array.element(), depth);
    } else if (type instanceof StructType struct) {
      named(struct.kind().keyword(), types.name(struct));
    } else if (type instanceof EnumType) {
      named("enum", types.name(type));
    } else if (type instanceof FunctionType) {
      begin("function");
      out.writeEndObject();
    } else {
      base(type.name());
    }
  }

  private void nested(Type type, int depth) throws IOException {
    out.writeFieldName("subtype");
    write(type, depth + 1);
    out.writeEndObject();
  }

  private void base(String name) throws IOException {
    named("base", name);
  }

  /** An array of characters. */
  void characters(int count) throws IOException {
    begin("array");
    out.writeNumberField("count", count);
    out.writeFieldName("subtype");
    base("char");
    out.writeEndObject();
  }

  private void named(String kind, String name) throws IOException {
    begin(kind);
    out.writeStringField("name", name);
    out.writeEndObject();
  }

  private void begin(String kind) throws IOException {
    out.writeStartObject();
    out.writeStringField("kind", kind);
  }
}
