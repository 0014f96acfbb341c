package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.profiles.io.Profiles;

/** Real profiles of Windows, and what else Rekall's format may hold. */
class RekallTest {
  private static final String XP = "ntkrnlpa-bd8f451f3e754ed8a34b50560ceb08e31.rekall.json.xz";
  private static final String XP_PLAIN =
      "ntoskrnl-32962337f0f646388b39535cd8dd70e82.rekall.json.gz";
  private static final String SEVEN = "windows7-sp1-x64.rekall.json.xz";

  private static Profile load(String resource) throws IOException {
    try (InputStream in = RekallTest.class.getResourceAsStream(resource)) {
      return Profiles.read(resource, in);
    }
  }

  private static Profile parse(String text) {
    return Profiles.read("x.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({
    XP + ", 4, 10226, PsActiveProcessHead, 533080",
    XP_PLAIN + ", 4, 10191, PsActiveProcessHead, 562392",
    SEVEN + ", 8, 18648, PsActiveProcessHead, 2259856"
  })
  void readsRealProfiles(String file, int pointer, int symbols, String symbol, long address)
      throws IOException {
    Profile profile = load(file);
    assertThat(profile.pointerSize()).isEqualTo(pointer);
    assertThat(profile.symbols().count()).isEqualTo(symbols);
    assertThat(profile.symbols().address(symbol)).hasValue(address);
    assertThat(profile.origin()).isEqualTo(file + " (Rekall JSON)");
    // Every type of it can be decoded.
    profile.types().names().forEach(name -> lay(profile.types().named(name).orElseThrow()));
  }

  private static void lay(Type type) {
    if (type instanceof StructType struct) {
      assertThat(Declaration.layout(struct)).hasSizeGreaterThanOrEqualTo(struct.members().size());
    } else if (type instanceof EnumType enumeration) {
      assertThat(enumeration.constants()).isNotEmpty();
    }
  }

  /** Members that a program would bind, as the profile file has them. */
  @ParameterizedTest
  @CsvSource({
    "_EPROCESS, UniqueProcessId, 0x180, 8, 0, 0",
    "_EPROCESS, ActiveProcessLinks.Blink, 0x190, 8, 0, 0",
    "_EPROCESS, ImageFileName, 0x2e0, 15, 0, 0",
    "_EPROCESS, Pcb.DirectoryTableBase, 0x28, 8, 0, 0",
    "_EPROCESS, ProcessExiting, 0x440, 4, 2, 1",
    "_LIST_ENTRY, Blink, 8, 8, 0, 0",
    "_MMVAD, Parent, 0, 8, 0, 0",
    "_MMVAD, u.VadFlags.Protection, 0x28, 8, 56, 5"
  })
  void knowsMembersOfWindows7(
      String type, String path, String offset, long size, int bitOffset, int bitSize)
      throws IOException {
    Field field = load(SEVEN).types().struct(type).orElseThrow().field(path).orElseThrow();
    assertThat(field.offset()).isEqualTo(Long.decode(offset));
    assertThat(field.size()).isEqualTo(size);
    assertThat(field.bitOffset()).isEqualTo(bitOffset);
    assertThat(field.bitSize()).isEqualTo(bitSize);
  }

  @Test
  void declaresWhatItRead() throws IOException {
    Types types = load(SEVEN).types();
    StructType process = types.struct("_EPROCESS").orElseThrow();
    assertThat(Declaration.layout(process).stream().map(LayoutRow::declaration))
        .contains(
            "struct _KPROCESS Pcb",
            "void *UniqueProcessId",
            "unsigned long long ProcessQuotaUsage[2]",
            "unsigned char ImageFileName[15]",
            "unsigned long ProcessExiting : 1");
    EnumType pool = (EnumType) types.named("enum _POOL_TYPE").orElseThrow();
    assertThat(pool.nameOf(1)).contains("PagedPool");
    assertThat(types.named("union _EX_PUSH_LOCK")).isPresent();
    assertThat(types.named("struct _EX_PUSH_LOCK")).isEmpty();
    assertThat(types.named("unsigned long").map(Type::size)).contains(4L);
  }

  @Test
  void longIsAsWideAsAPointerInLinuxOnly() {
    String structs = "\"$STRUCTS\": {\"s\": [16, {\"a\": [0, [\"unsigned long\", null]]}]}}";
    assertThat(size(parse("{\"$METADATA\": {\"ProfileClass\": \"Linux\"}, " + structs)))
        .isEqualTo(8);
    assertThat(size(parse("{\"$METADATA\": {\"ProfileClass\": \"Nt\"}, " + structs))).isEqualTo(4);
  }

  private static long size(Profile profile) {
    return profile.types().struct("s").orElseThrow().field("a").orElseThrow().size();
  }

  @Test
  void looksThroughMembersThatRekallNamed() {
    Profile profile =
        parse(
            "{\"$STRUCTS\": {\"mm_struct\": [16, {\"u1\": [8, [\"__unnamed_0x12\", {}]]}],"
                + " \"__unnamed_0x12\": [8, {\"pgd\": [0, [\"Pointer\", {\"target\": \"pgd_t\"}]]}]}}");
    StructType mm = profile.types().struct("mm_struct").orElseThrow();
    assertThat(mm.field("pgd").map(Field::offset)).contains(8L);
    assertThat(mm.field("u1.pgd").map(Field::offset)).contains(8L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5 | at byte 20 is 5, where the members of s, an object, is expected",
        "{\"a\": 5} | where s.a, an array of its offset and type, is expected",
        "{\"a\": [\"x\", []]} | the offset of s.a, a number, is expected",
        "{\"a\": [-1, [\"int\"]]} | the offset of s.a from 0 to 2147483647, is expected",
        "{\"a\": [0, \"int\"]} | the type of s.a, an array, is expected",
        "{\"a\": [0, [5]]} | the type's name of s.a, a string, is expected",
        "{\"a\": [0, [\"int\"], 7]} | where the end of s.a, is expected",
        "{\"a\": [0, [\"BitField\", {\"start_bit\": 5, \"end_bit\": 5}]]} | a bit field of 1 to 64",
        "{\"a\": [0, [\"Array\", {\"count\": -5}]]} | the count of s.a from 0 to"
      })
  void saysWhatIsWrongAndWhere(String members, String message) {
    Types types = parse("{\"$STRUCTS\":{\"s\":[8," + members + "]}}").types();
    assertThatThrownBy(() -> types.struct("s"))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("x.json: at byte ")
        .hasMessageContaining(message);
  }

  /** Rekall's metadata has the file of symbols by which its repository names a profile. */
  @Test
  void windowsProfilesKnowWhichKernelTheyAreOf() throws IOException {
    assertThat(load(XP).identity())
        .contains(new Identity.Pdb("ntkrnlpa.pdb", "BD8F451F3E754ED8A34B50560CEB08E3", 3));
    assertThat(load(XP_PLAIN).identity())
        .contains(new Identity.Pdb("ntoskrnl.pdb", "32962337F0F646388B39535CD8DD70E8", 3));
    // This one says "-5", which is no GUID.
    assertThat(load(SEVEN).identity()).isEmpty();
  }

  /** Rekall writes 48 bits of an address, others all 64 with or without a sign. */
  @Test
  void kernelAddressesAreReadHoweverTheyAreWritten() {
    Profile profile =
        parse(
            """
            {"$STRUCTS": {"task_struct": [64, {}]},
             "$CONSTANTS": {"whole": 18446744071595196480, "signed": -2114355136, "short": 281472862355520,
               "low": 16777216, "user": 140737488355327, "most": -9223372036854775808}}
            """);
    assertThat(profile.symbols().address("whole")).hasValue(0xffffffff81f98040L);
    assertThat(profile.symbols().address("signed")).hasValue(0xffffffff81f98040L);
    assertThat(profile.symbols().address("short")).hasValue(0xffffffff81f98040L);
    assertThat(profile.symbols().address("low")).hasValue(0x1000000);
    assertThat(profile.symbols().address("user")).hasValue(0x7fffffffffffL);
    assertThat(profile.symbols().address("most")).hasValue(Long.MIN_VALUE);
  }
}
