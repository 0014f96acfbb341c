package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.FunctionType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;

/** Writes the types of members as Rekall does: a name, and arguments that depend on it. */
final class RekallTypeWriter {
  private final TypeCatalog types;
  private final JsonGenerator out;

  RekallTypeWriter(TypeCatalog types, JsonGenerator out) {
    this.types = types;
    this.out = out;
  }

  void write(Field field) throws IOException {
    Type type = field.type();
    out.writeStartArray();
    if (field.bitSize() == 0) {
      out.writeString(name(type, 0));
      arguments(type, 0);
    } else {
      out.writeString("BitField");
      out.writeStartObject();
      out.writeNumberField("start_bit", field.bitOffset());
      out.writeNumberField("end_bit", field.bitOffset() + field.bitSize());
      out.writeStringField(
          "target", type instanceof EnumType storage ? types.storage(storage) : name(type, 0));
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private String name(Type type, int depth) {
    if (TypeCatalog.isVoid(type) || depth > TypeCatalog.MAX_NESTING) {
      return "Void";
    }
    if (type instanceof PointerType) {
      return "Pointer";
    }
    if (type instanceof ArrayType) {
      return "Array";
    }
    if (type instanceof FunctionType) {
      return "Function";
    }
    if (type instanceof EnumType) {
      return "Enumeration";
    }
    return type instanceof StructType ? types.name(type) : type.name();
  }

  private void arguments(Type type, int depth) throws IOException {
    out.writeStartObject();
    if (depth <= TypeCatalog.MAX_NESTING) {
      if (type instanceof PointerType pointer) {
        target(pointer.target(), depth + 1);
      } else if (type instanceof ArrayType array) {
        out.writeNumberField("count", array.count());
        target(array.element(), depth + 1);
      } else if (type instanceof EnumType enumeration) {
        out.writeStringField("enum_name", types.name(enumeration));
        out.writeStringField("target", types.storage(enumeration));
      }
    }
    out.writeEndObject();
  }

  private void target(Type type, int depth) throws IOException {
    out.writeStringField("target", name(type, depth));
    out.writeFieldName("target_args");
    arguments(type, depth);
  }
}
