package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.profiles.io.Profiles;

class ExportTest {
  private static final String LINUX =
      """
      {"metadata": {"format": "6.2.0"},
      "base_types": {
        "pointer": {"size": 8, "signed": false, "kind": "int", "endian": "little"},
        "long unsigned int": {"size": 8, "signed": false, "kind": "int", "endian": "little"},
        "int": {"size": 4, "signed": true, "kind": "int", "endian": "little"},
        "char": {"size": 1, "signed": true, "kind": "char", "endian": "little"}},
      "user_types": {
        "unnamed_7": {"kind": "union", "size": 16, "fields": {
          "whole": {"offset": 0, "type": {"kind": "base", "name": "long unsigned int"}},
          "parts": {"offset": 0, "type": {"kind": "array", "count": 4, "subtype": {"kind": "base", "name": "int"}}}}},
        "task_struct": {"kind": "struct", "size": 64, "fields": {
          "unnamed_field_0": {"offset": 0, "anonymous": true, "type": {"kind": "union", "name": "unnamed_7"}},
          "comm": {"offset": 16, "type": {"kind": "array", "count": 16, "subtype": {"kind": "base", "name": "char"}}},
          "parent": {"offset": 32, "type": {"kind": "pointer", "subtype": {"kind": "struct", "name": "task_struct"}}},
          "flag": {"offset": 40, "type": {"kind": "bitfield", "bit_position": 3, "bit_length": 2, "type": {"kind": "base", "name": "int"}}},
          "kind": {"offset": 44, "type": {"kind": "enum", "name": "kinds"}},
          "inner": {"offset": 48, "type": {"kind": "struct", "name": "unnamed_7"}},
          "hook": {"offset": 56, "type": {"kind": "pointer", "subtype": {"kind": "function"}}}}}},
      "enums": {"kinds": {"size": 4, "base": "int", "constants": {"NONE": -1, "SOME": 5, "ALIAS": 5}}},
      "symbols": {
        "_text": {"address": 18446744071578845184},
        "init_task": {"address": 18446744071578845188},
        "log_buf": {"address": 18446744071578845192},
        "prb": {"address": 18446744071578845196},
        "linux_banner": {"constant_data": "TGludXggdmVyc2lvbiA2LjEuMAoA", "address": 18446744071578845200}}}
      """;

  private interface Writer {
    void write(Profile profile, ByteArrayOutputStream to) throws IOException;
  }

  private static byte[] bytes(Profile profile, Writer writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(profile, out);
    return out.toByteArray();
  }

  private static Profile again(Profile profile, Writer writer) throws IOException {
    return Profiles.read("again", new ByteArrayInputStream(bytes(profile, writer)));
  }

  private static Profile linux() {
    return Profiles.read("linux", new ByteArrayInputStream(LINUX.getBytes(StandardCharsets.UTF_8)));
  }

  /** Every member of every named structure: where it is, how large, its sign and its bits. */
  private static List<String> layouts(Profile profile) {
    List<String> layouts = new ArrayList<>();
    for (String name : profile.types().names().sorted().toList()) {
      if (name.startsWith("unnamed_") || name.contains("_unnamed_") || name.startsWith("<unn")) {
        continue;
      }
      profile
          .types()
          .struct(name)
          .ifPresent(
              struct -> {
                layouts.add(name + " " + struct.size());
                Declaration.layout(struct).stream()
                    .filter(row -> !row.field().name().isEmpty())
                    .map(row -> line(name, struct, row.field().name()))
                    .distinct()
                    .sorted()
                    .forEach(layouts::add);
              });
    }
    return layouts;
  }

  private static String line(String struct, StructType type, String member) {
    Field field = type.field(member).orElseThrow();
    return struct
        + " "
        + field
        + " "
        + field.size()
        + (field.signed() ? " signed " : " ")
        + declaration(field);
  }

  /** Nothing for a structure that may have no name, nor for what is only declared. */
  private static String declaration(Field field) {
    Type last = field.type();
    while (last instanceof PointerType pointer) {
      last = pointer.target();
    }
    boolean comparable = !(last instanceof OpaqueType) && !(field.type() instanceof StructType);
    return comparable ? Declaration.of(field.type(), field.name()) : "";
  }

  @Test
  void isfComesBackAsItWas() throws IOException {
    Profile again = again(linux(), Profiles::writeIsf);
    assertThat(layouts(again)).isEqualTo(layouts(linux())).hasSize(9);
    assertThat(again.identity()).contains(new Identity.LinuxBanner("Linux version 6.1.0"));
    assertThat(again.symbols().all()).containsExactlyElementsOf(linux().symbols().all().toList());
    EnumType kinds = (EnumType) again.types().named("enum kinds").orElseThrow();
    assertThat(kinds.constants())
        .isEqualTo(((EnumType) linux().types().named("kinds").orElseThrow()).constants());
  }

  @Test
  void rekallComesBackWithTheSameMembers() throws IOException {
    Profile again = again(linux(), Profiles::writeRekall);
    assertThat(layouts(again)).isEqualTo(layouts(linux()));
    assertThat(again.identity()).contains(new Identity.LinuxBanner("Linux version 6.1.0"));
    assertThat(again.pointerSize()).isEqualTo(8);
    EnumType kinds = (EnumType) again.types().named("enum kinds").orElseThrow();
    assertThat(kinds.constants()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ntkrnlpa-bd8f451f3e754ed8a34b50560ceb08e31.rekall.json.xz",
        "windows7-sp1-x64.rekall.json.xz"
      })
  void realProfilesComeBackInBothFormats(String file) throws IOException {
    Profile real;
    try (InputStream in = ExportTest.class.getResourceAsStream(file)) {
      real = Profiles.read(file, in);
    }
    assertThat(layouts(real)).hasSizeGreaterThan(4000);
    assertThat(changed(real, again(real, Profiles::writeIsf))).isEmpty();
    assertThat(changed(real, again(real, Profiles::writeRekall))).isEmpty();
  }

  /** The lines that only one of two profiles has. */
  private static Set<String> changed(Profile before, Profile after) {
    Set<String> changed = new TreeSet<>(layouts(before));
    for (String line : layouts(after)) {
      if (!changed.remove(line)) {
        changed.add(line + " (new)");
      }
    }
    return changed;
  }

  @Test
  void isfSaysWhatVolatilityAsksFor() throws IOException {
    assertThat(paths(bytes(linux(), Profiles::writeIsf)))
        .contains(
            "metadata.format=6.2.0",
            "metadata.producer.name=vmi4j",
            "metadata.linux={",
            "base_types.void.size=0",
            "base_types.pointer.size=8",
            "base_types.int.signed=true",
            "enums.kinds.base=int",
            "enums.kinds.constants.NONE=-1",
            "user_types.task_struct.kind=struct",
            "user_types.task_struct.fields.unnamed_field_0.anonymous=true",
            "user_types.task_struct.fields.flag.type.bit_position=3",
            "user_types.task_struct.fields.flag.type.type.kind=base",
            "user_types.task_struct.fields.hook.type.subtype.kind=function",
            "symbols._text.address=18446744071578845184",
            "symbols._text.type.name=void",
            "symbols.init_task.type.kind=struct",
            "symbols.init_task.type.name=task_struct",
            "symbols.log_buf.type.kind=pointer",
            "symbols.log_buf.type.subtype.name=char",
            // struct printk_ringbuffer is not in the profile.
            "symbols.prb.type.name=void",
            "symbols.linux_banner.type.count=21");
  }

  @Test
  void isfKeepsTheRulesOfVolatilitysSchema() throws IOException {
    assertThat(IsfSchema.violations(bytes(linux(), Profiles::writeIsf))).isEmpty();
    assertThat(IsfSchema.violations(bytes(windows(), Profiles::writeIsf))).isEmpty();
    // The rules do find what breaks them.
    String broken = LINUX.replace("\"size\": 16,", "").replace("6.2.0", "5.0.0");
    assertThat(IsfSchema.violations(broken.getBytes(StandardCharsets.UTF_8)))
        .contains("metadata.format is \"5.0.0\"", "user_types.unnamed_7 lacks size");
  }

  @Test
  void theIdentityOfAWindowsKernelComesBackInBothFormats() throws IOException {
    Identity pdb = new Identity.Pdb("ntkrnlpa.pdb", "BD8F451F3E754ED8A34B50560CEB08E3", 3);
    assertThat(again(windows(), Profiles::writeIsf).identity()).contains(pdb);
    assertThat(again(windows(), Profiles::writeRekall).identity()).contains(pdb);
  }

  private static Profile windows() throws IOException {
    String file = "ntkrnlpa-bd8f451f3e754ed8a34b50560ceb08e31.rekall.json.xz";
    try (InputStream in = ExportTest.class.getResourceAsStream(file)) {
      return Profiles.read(file, in);
    }
  }

  /**
   * LibVMI reads the integers of Rekall's format by json-c's json_object_get_int64, which takes the
   * largest number with a sign for any that is larger.
   */
  @Test
  void everyAddressInRekallsFormatIsWhatJsonCReads() throws IOException {
    Map<String, Long> read = new HashMap<>();
    for (String path : paths(bytes(linux(), Profiles::writeRekall))) {
      String[] row = path.split("=", 2);
      if (row[0].matches("\\$(CONSTANTS|FUNCTIONS)\\..+")) {
        BigInteger value = new BigInteger(row[1]);
        read.put(
            row[0].substring(row[0].indexOf('.') + 1),
            value.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
      }
    }
    Map<String, Long> expected = new HashMap<>();
    linux().symbols().all().forEach(symbol -> expected.put(symbol.name(), symbol.address()));
    assertThat(read).isEqualTo(expected).hasSize(5);
  }

  /** Every value in a text, with the names that lead to it. */
  private static List<String> paths(byte[] json) throws IOException {
    List<String> paths = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        String path = parser.getParsingContext().pathAsPointer().toString();
        String dotted = path.isEmpty() ? "" : path.substring(1).replace('/', '.');
        if (parser.currentToken().isScalarValue() || parser.currentToken().isStructStart()) {
          paths.add(dotted + "=" + parser.getText());
        }
      }
    }
    paths.remove("={");
    return paths;
  }
}
