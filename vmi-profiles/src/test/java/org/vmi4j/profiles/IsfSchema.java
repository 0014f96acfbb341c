package org.vmi4j.profiles;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of Volatility's JSON schema 6.2.0 for its intermediate symbol files, written anew: the
 * schema itself is under the Volatility Software License, which this project's does not allow to
 * include.
 */
final class IsfSchema {
  private static final Rule INTEGER =
      (at, value, faults) -> expect(value instanceof Long, at, value, faults);
  private static final Rule TRUTH =
      (at, value, faults) -> expect(value instanceof Boolean, at, value, faults);
  private static final Rule STRING =
      (at, value, faults) -> expect(value instanceof String, at, value, faults);

  private static final Rule NAMED =
      object(
          Map.of("kind", pattern("struct|class|union|enum|base"), "name", STRING),
          Set.of("kind", "name"));
  private static final Rule STORAGE =
      object(Map.of("kind", pattern("enum|base"), "name", STRING), Set.of("kind", "name"));
  private static final Rule FUNCTION = object(Map.of("kind", STRING), Set.of("kind"));
  private static final Rule POINTER =
      object(Map.of("kind", STRING, "base", STRING, "subtype", IsfSchema::type), Set.of("subtype"));
  private static final Rule ARRAY =
      object(
          Map.of("kind", STRING, "count", INTEGER, "subtype", IsfSchema::type),
          Set.of("count", "subtype"));
  private static final Rule BIT_FIELD =
      object(
          Map.of("kind", STRING, "bit_position", INTEGER, "bit_length", INTEGER, "type", STORAGE),
          Set.of("bit_position", "bit_length", "type"));

  private static final Rule SYMBOL =
      object(
          Map.of(
              "address", INTEGER,
              "linkage_name", STRING,
              "type", IsfSchema::type,
              "constant_data", STRING),
          Set.of("address"));
  private static final Rule BASE_TYPE =
      object(
          Map.of(
              "size",
              INTEGER,
              "signed",
              TRUTH,
              "kind",
              pattern("void|int|float|char|bool"),
              "endian",
              pattern("little|big")),
          Set.of("size", "signed", "kind", "endian"));
  private static final Rule FIELD =
      object(
          Map.of("type", IsfSchema::type, "offset", INTEGER, "anonymous", TRUTH),
          Set.of("type", "offset"));
  private static final Rule USER_TYPE =
      object(
          Map.of("kind", pattern("struct|union|class"), "size", INTEGER, "fields", each(FIELD)),
          Set.of("kind", "size", "fields"));
  private static final Rule ENUMERATION =
      object(
          Map.of("size", INTEGER, "base", STRING, "constants", each(INTEGER)),
          Set.of("size", "base", "constants"));
  private static final Rule PDB =
      object(
          Map.of("GUID", STRING, "age", INTEGER, "database", STRING, "machine_type", INTEGER),
          Set.of("GUID", "age", "database", "machine_type"));
  private static final Rule METADATA =
      object(
          Map.of(
              "format", pattern("6\\.[0-9]+\\.[0-9]+"),
              "producer", each(STRING),
              "linux", object(Map.of(), Set.of()),
              "windows", object(Map.of("pdb", PDB), Set.of())),
          Set.of("format"));
  private static final Rule FILE =
      object(
          Map.of(
              "metadata", IsfSchema::metadata,
              "base_types", each(BASE_TYPE),
              "user_types", each(USER_TYPE),
              "enums", each(ENUMERATION),
              "symbols", each(SYMBOL)),
          Set.of("metadata", "base_types", "user_types", "enums", "symbols"));

  private IsfSchema() {}

  /** What a value must be; each way in which it is not is a fault. */
  private interface Rule {
    void check(String at, Object value, List<String> faults);
  }

  /** Every way in which a file breaks the rules. */
  static List<String> violations(byte[] json) throws IOException {
    List<String> faults = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      FILE.check("", tree(parser), faults);
    }
    return faults;
  }

  /** A file is of one operating system. */
  private static void metadata(String at, Object value, List<String> faults) {
    METADATA.check(at, value, faults);
    if (value instanceof Map<?, ?> map && map.containsKey("linux") && map.containsKey("windows")) {
      faults.add(at + " is of two systems");
    }
  }

  /** A type, whose kind tells the rest. */
  private static void type(String at, Object value, List<String> faults) {
    Object kind = value instanceof Map<?, ?> map ? map.get("kind") : null;
    Rule rule =
        switch (String.valueOf(kind)) {
          case "pointer" -> POINTER;
          case "array" -> ARRAY;
          case "bitfield" -> BIT_FIELD;
          case "function" -> FUNCTION;
          default -> NAMED;
        };
    rule.check(at, value, faults);
  }

  private static void expect(boolean right, String at, Object value, List<String> faults) {
    if (!right) {
      faults.add(at + " is " + (value instanceof String ? "\"" + value + "\"" : value));
    }
  }

  private static Rule pattern(String pattern) {
    return (at, value, faults) ->
        expect(value instanceof String text && text.matches(pattern), at, value, faults);
  }

  /** An object with these members and no others. */
  private static Rule object(Map<String, Rule> members, Set<String> required) {
    return (at, value, faults) -> {
      if (!(value instanceof Map<?, ?> map)) {
        expect(false, at, value, faults);
        return;
      }
      for (String name : required) {
        if (!map.containsKey(name)) {
          faults.add(at + " lacks " + name);
        }
      }
      map.forEach(
          (name, member) -> {
            Rule rule = members.get(name);
            if (rule == null) {
              faults.add(at + " has " + name);
            } else {
              rule.check(at.isEmpty() ? name.toString() : at + "." + name, member, faults);
            }
          });
    };
  }

  /** An object with members of any names. */
  private static Rule each(Rule rule) {
    return (at, value, faults) -> {
      expect(value instanceof Map, at, value, faults);
      if (value instanceof Map<?, ?> map) {
        map.forEach((name, member) -> rule.check(at + "." + name, member, faults));
      }
    };
  }

  /** Objects as maps, and whole numbers as Long, whatever their size. */
  private static Object tree(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> object = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        object.put(name, tree(parser));
      }
      return object;
    }
    return switch (token) {
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue().longValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_STRING -> parser.getText();
      default -> List.of(token.toString());
    };
  }
}
