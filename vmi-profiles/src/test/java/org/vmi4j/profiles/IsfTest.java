package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.profiles.io.Profiles;

class IsfTest {
  private static final String BASE_TYPES =
      """
      "base_types": {
        "pointer": {"size": 8, "signed": false, "kind": "int", "endian": "little"},
        "int": {"size": 4, "signed": true, "kind": "int", "endian": "little"},
        "char": {"size": 1, "signed": true, "kind": "char", "endian": "little"},
        "_Bool": {"size": 1, "signed": false, "kind": "bool", "endian": "little"},
        "double": {"size": 8, "signed": true, "kind": "float", "endian": "little"},
        "void": {"size": 0, "signed": false, "kind": "void", "endian": "little"}}
      """;

  private static final String FULL =
      """
      {"metadata": {"producer": {"name": "dwarf2json", "version": "0.8.0"}, "format": "6.2.0"},
      %s,
      "user_types": {
        "list_head": {"kind": "struct", "size": 16, "fields": {
          "prev": {"offset": 8, "type": {"kind": "pointer", "subtype": {"kind": "struct", "name": "list_head"}}},
          "next": {"offset": 0, "type": {"kind": "pointer", "subtype": {"kind": "struct", "name": "list_head"}}}}},
        "unnamed_1": {"kind": "union", "size": 8, "fields": {
          "whole": {"offset": 0, "type": {"kind": "base", "name": "double"}},
          "tasks": {"offset": 0, "type": {"kind": "struct", "name": "list_head"}}}},
        "task_struct": {"kind": "struct", "size": 64, "fields": {
          "comm": {"offset": 8, "type": {"kind": "array", "count": 16, "subtype": {"kind": "base", "name": "char"}}},
          "unnamed_field_24": {"offset": 24, "anonymous": true, "type": {"kind": "union", "name": "unnamed_1"}},
          "flag": {"offset": 40, "type": {"kind": "bitfield", "bit_position": 3, "bit_length": 2, "type": {"kind": "base", "name": "int"}}},
          "hook": {"offset": 48, "type": {"kind": "pointer", "subtype": {"kind": "function"}}},
          "color": {"offset": 56, "type": {"kind": "enum", "name": "color"}},
          "lost": {"offset": 60, "type": {"kind": "struct", "name": "nowhere"}}}}},
      "enums": {"color": {"size": 4, "base": "int", "constants": {"RED": -1, "BLUE": 5}}},
      "symbols": {
        "init_task": {"type": {"kind": "struct", "name": "task_struct"}, "address": 18446744071604120064},
        "linux_banner": {"constant_data": "TGludXggdmVyc2lvbiA2LjEuMAoA", "address": 1,
          "type": {"kind": "array", "count": 21, "subtype": {"kind": "base", "name": "char"}}}}}
      """
          .formatted(BASE_TYPES);

  private static Profile parse(String text) {
    return Profiles.read("x.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void readsTypesSymbolsAndBanner() {
    Profile profile = parse(FULL);
    assertThat(profile.origin()).isEqualTo("x.json (Volatility ISF 6.2.0)");
    assertThat(profile.identity()).contains(new Identity.LinuxBanner("Linux version 6.1.0"));
    assertThat(profile.pointerSize()).isEqualTo(8);
    assertThat(profile.symbols().address("init_task")).hasValue(0xffffffff8281aa00L);
    assertThat(profile.types().names())
        .contains("list_head", "task_struct", "color", "int", "double");
    assertThat(profile.types().count()).isEqualTo(10);

    StructType task = profile.types().struct("task_struct").orElseThrow();
    assertThat(Declaration.layout(task).stream().map(LayoutRow::declaration))
        .containsExactly(
            "char comm[16]",
            "union",
            "double whole",
            "struct list_head tasks",
            "int flag : 2",
            "void (*hook)()",
            "enum color color",
            "struct nowhere lost");
    assertThat(task.field("tasks.prev").map(Field::offset)).contains(32L);
    assertThat(task.field("flag").map(Field::bitOffset)).contains(3);
    EnumType color = (EnumType) task.field("color").orElseThrow().type();
    assertThat(color.nameOf(-1)).contains("RED");
    assertThat(color.signed()).isTrue();
  }

  @Test
  void readsWhatOtherProducersLeaveOut() {
    Profile profile = parse("{\"symbols\": {\"a\": {\"address\": 5}}, \"metadata\": {}}");
    assertThat(profile.symbols().address("a")).hasValue(5);
    assertThat(profile.types().count()).isZero();
    assertThat(profile.pointerSize()).isEqualTo(8);
  }

  @Test
  void readsNamesThatAreNotAscii() {
    Profile profile =
        parse(
            "{\"symbols\": {\"gr\u00f6\u00dfe\": {\"address\": 5}, \"\\u00e9\": {\"address\": 6}}}");
    assertThat(profile.symbols().address("gr\u00f6\u00dfe")).hasValue(5);
    assertThat(profile.symbols().address("\u00e9")).hasValue(6);
  }

  @Test
  void readsTypesBehindNamesThatAreNotAscii() {
    Profile profile =
        parse(
            "{\"symbols\": {\"\u20ac\": {\"address\": 5}}, \"user_types\": {\"s\": {\"size\": 4,"
                + " \"kind\": \"struct\", \"fields\": {}}}}");
    assertThat(profile.types().struct("s").map(StructType::size)).contains(4L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"metadata\": {\"format\": \"3.0.0\"}} | x.json is of ISF format 3.0.0; formats 4.x to 6.x",
        "{\"metadata\": {\"format\": \"10.0.0\"}} | x.json is of ISF format 10.0.0",
        "{\"symbols\": 5} | at byte 12 is 5, where symbols, an object, is expected",
        "{\"symbols\": {\"a\": {\"address\": 1.5}}} | an address, a number, is expected",
        "{\"symbols\": {\"a\": {\"address\": 18446744073709551616}}} | a number of 64 bits",
        "{\"symbols\": {\"a\": {\"address\": -9223372036854775809}}} | a number of 64 bits",
        "{\"symbols\": {\"linux_banner\": {\"constant_data\": \"?\"}}} | base64",
        "{\"base_types\": {\"int\": {\"endian\": \"big\"}}} | \"little\"",
        "{\"base_types\": {\"int\": {\"size\": -4}}} | the size of int from 0 to 64",
        "{\"symbols\": {\"a\": | x.json is broken JSON at byte ",
        "{\"symbols\": {}} x | x.json is broken JSON at byte ",
        "{\"symbols\": {}} {} | the end of a profile"
      })
  void saysWhatIsWrongAndWhere(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"f\": {\"offset\": 0}} | the type of s.f",
        "{\"f\": {\"offset\": 0, \"type\": {\"kind\": \"magic\"}}} | not 'magic'",
        "{\"f\": {\"offset\": -1}} | the offset of s.f from 0",
        "{\"f\": {\"type\": {\"kind\": \"bitfield\", \"bit_length\": 65}}} | the bits of s.f from 1",
        "{\"f\": {\"type\": {\"kind\": \"bitfield\"}}} | the bit_length of s.f",
        "7 | the fields of s, an object"
      })
  void saysWhatIsWrongInATypeWhenItIsUsed(String fields, String message) {
    Types types = parse("{\"user_types\": {\"s\": {\"fields\": " + fields + "}}}").types();
    assertThatThrownBy(() -> types.struct("s"))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining(message);
  }
}
