package org.vmi4j.profiles.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.OpaqueType;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.testkit.ArrayMemory;

class BtfTest {
  private final BtfBuilder builder = new BtfBuilder();
  private final int intId = builder.integer("int", 4, true);
  private final int longId = builder.integer("long unsigned int", 8, false);
  private final int charId = builder.integer("char", 1, true);

  private Btf read() {
    return Btf.read("test", builder.build());
  }

  private StructType struct(String name) {
    return read().struct(name).orElseThrow();
  }

  private static List<String> declarations(StructType type) {
    return Declaration.layout(type).stream().map(LayoutRow::declaration).toList();
  }

  @Test
  void readsMembersOfEveryShape() {
    int node = 10;
    int pointer = builder.pointer(node);
    int comm = builder.array(charId, 16);
    int constant = builder.alias("", Kinds.CONST, charId);
    int text = builder.pointer(constant);
    int prototype = builder.add("", Kinds.FUNC_PROTO, false, 2, intId, 0, pointer, 0, longId);
    int function = builder.pointer(prototype);
    assertThat(
            builder.struct(
                "node", 48, "next", pointer, 0, "comm", comm, 64, "text", text, 192, "call",
                function, 256, "tail", comm, 320))
        .isEqualTo(node);

    StructType type = struct("node");
    assertThat(type.size()).isEqualTo(48);
    assertThat(declarations(type))
        .containsExactly(
            "struct node *next",
            "char comm[16]",
            "char *text",
            "int (*call)(struct node *, long unsigned int)",
            "char tail[16]");
    assertThat(type.field("comm").orElseThrow().size()).isEqualTo(16);
    assertThat(type.field("comm[3]").orElseThrow().offset()).isEqualTo(11);
    assertThat(type.field("comm[16]")).isEmpty();
    assertThat(((PointerType) type.field("next").orElseThrow().type()).target()).isSameAs(type);
  }

  @Test
  void looksThroughAnonymousMembers() {
    int inner = builder.struct("", 8, "low", intId, 0, "high", intId, 32);
    int both = builder.aggregate(Kinds.UNION, false, "", 8, "whole", longId, 0, "", inner, 0);
    builder.struct("outer", 16, "first", longId, 0, "", both, 64);

    StructType outer = struct("outer");
    assertThat(outer.field("high").map(Field::offset)).contains(12L);
    assertThat(outer.field("whole").map(Field::offset)).contains(8L);
    assertThat(outer.field("middle")).isEmpty();
    assertThat(declarations(outer))
        .containsExactly(
            "long unsigned int first",
            "union",
            "long unsigned int whole",
            "struct",
            "int low",
            "int high");
  }

  @Test
  void readsBitFieldsOfBothKinds() {
    int old = builder.add("old", Kinds.INT, false, 0, 4, 3);
    builder.aggregate(
        Kinds.STRUCT,
        true,
        "new_bits",
        8,
        "a",
        intId,
        3 << 24 | 33,
        "b",
        intId,
        5 << 24 | 36,
        "plain",
        intId,
        0);
    builder.struct("old_bits", 4, "x", old, 2);

    StructType bits = struct("new_bits");
    Field a = bits.field("a").orElseThrow();
    Field b = bits.field("b").orElseThrow();
    ArrayMemory memory =
        new ArrayMemory(0x1000, new byte[] {9, 0, 0, 0, (byte) 0b0101_1010, 1, 0, 0});
    assertThat(a.read(memory, 0x1000)).isEqualTo(0b101 - 8);
    assertThat(b.read(memory, 0x1000)).isEqualTo(0b10101 - 32);
    assertThat(bits.field("plain").orElseThrow().read(memory, 0x1000)).isEqualTo(9);
    Field x = struct("old_bits").field("x").orElseThrow();
    assertThat(List.of(x.offset(), (long) x.bitOffset(), (long) x.bitSize()))
        .containsExactly(0L, 2L, 3L);
  }

  @Test
  void readsEnumerations() {
    builder.add(
        "small", Kinds.ENUM, true, 2, 4, builder.string("minus"), -1, builder.string("one"), 1);
    builder.add("flags", Kinds.ENUM, false, 1, 4, builder.string("top"), -1);
    builder.add("wide", Kinds.ENUM64, false, 1, 8, builder.string("high"), 5, 7);

    Btf btf = read();
    EnumType small = (EnumType) btf.named("enum small").orElseThrow();
    assertThat(small.constants())
        .containsExactly(new EnumType.Constant("minus", -1), new EnumType.Constant("one", 1));
    assertThat(small.nameOf(1)).contains("one");
    assertThat(((EnumType) btf.named("flags").orElseThrow()).nameOf(0xffffffffL)).contains("top");
    assertThat(((EnumType) btf.named("wide").orElseThrow()).nameOf(7L << 32 | 5)).contains("high");
  }

  @Test
  void givesTheNameOfATypedefToWhatHasNone() {
    int nameless = builder.struct("", 4, "counter", intId, 0);
    int atomic = builder.alias("atomic_t", Kinds.TYPEDEF, nameless);
    int constant = builder.alias("", Kinds.CONST, atomic);
    int pid = builder.alias("pid_t", Kinds.TYPEDEF, intId);
    builder.struct("user", 12, "usage", constant, 0, "pid", pid, 32, "other", atomic, 64);

    Btf btf = read();
    StructType user = btf.struct("user").orElseThrow();
    assertThat(declarations(user))
        .containsExactly("struct atomic_t usage", "int pid", "struct atomic_t other");
    assertThat(btf.struct("atomic_t"))
        .containsSame((StructType) user.field("usage").orElseThrow().type());
    assertThat(user.field("usage.counter").orElseThrow().offset()).isZero();
    assertThat(btf.named("pid_t").map(Type::name)).contains("int");
  }

  @Test
  void findsTheDefinitionOfWhatIsOnlyDeclared() {
    int declared = builder.add("file", Kinds.FWD, false, 0, 0);
    int unknown = builder.add("secret", Kinds.FWD, true, 0, 0);
    builder.struct(
        "user", 16, "file", builder.pointer(declared), 0, "s", builder.pointer(unknown), 64);
    builder.struct("file", 4, "mode", intId, 0);

    assertThat(struct("user").field("s").map(field -> ((PointerType) field.type()).target()))
        .contains(new OpaqueType("union secret"));
    PointerType file = (PointerType) struct("user").field("file").orElseThrow().type();
    assertThat(file.target().size()).isEqualTo(4);
  }

  @Test
  void passesOverKindsThatDescribeNoMembers() {
    int function =
        builder.add(
            "main", Kinds.FUNC, false, 1, builder.add("", Kinds.FUNC_PROTO, false, 0, intId));
    builder.add("variable", Kinds.VAR, false, 0, intId, 1);
    builder.add(".data", Kinds.DATASEC, false, 1, 4, function + 1, 0, 4);
    builder.add("tag", Kinds.DECL_TAG, false, 0, function, -1);
    int tagged = builder.alias("user", Kinds.TYPE_TAG, charId);
    builder.add("double", Kinds.FLOAT, false, 0, 8);
    int restricted = builder.alias("", Kinds.RESTRICT, builder.alias("", Kinds.VOLATILE, tagged));
    builder.struct("last", 1, "c", restricted, 0);

    assertThat(struct("last").field("c").map(Field::type))
        .contains(new IntegerType("char", 1, true, IntegerType.Encoding.CHARACTER));
    assertThat(read().names())
        .containsExactlyInAnyOrder("int", "long unsigned int", "char", "double", "last");
    assertThat(read().count()).isEqualTo(5);
  }

  @Test
  void aVariableHasTheTypeBehindItsTypedef() {
    int typedef = builder.alias("u64", Kinds.TYPEDEF, longId);
    int counter = builder.add("counter", Kinds.VAR, false, 0, typedef, 1);
    int itself = counter + 1;
    builder.add("endless", Kinds.VAR, false, 0, itself, 1);

    assertThat(read().variable("counter").map(Type::name)).contains("long unsigned int");
    assertThat(read().variable("u64")).isEmpty();
    assertThat(read().named("counter")).isEmpty();
    assertThatThrownBy(() -> read().variable("endless"))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("more than 64 typedefs");
  }

  @Test
  void pointersAreAsLongAsUnsignedLong() {
    BtfBuilder narrow = new BtfBuilder();
    narrow.integer("long unsigned int", 4, false);
    narrow.struct("s", 4, "p", narrow.pointer(0), 0);
    Btf btf = Btf.read("narrow", narrow.build());
    assertThat(btf.pointerSize()).isEqualTo(4);
    assertThat(btf.struct("s").orElseThrow().field("p").orElseThrow().size()).isEqualTo(4);
    assertThat(read().pointerSize()).isEqualTo(8);
  }

  @Test
  void readsTheBtfOfAModuleOnThatOfItsKernel() {
    int list = builder.struct("list_head", 16, "next", builder.pointer(0), 0);
    Btf base = read();
    BtfBuilder module = new BtfBuilder(list + 1, builder.stringBytes());
    module.struct("driver", 24, "list", list, 0, "id", intId, 128);
    Btf split = Btf.readSplit("module", module.build(), base);

    assertThat(declarations(split.struct("driver").orElseThrow()))
        .containsExactly("struct list_head list", "int id");
    assertThat(split.struct("list_head")).isPresent();
    assertThat(split.names()).contains("driver", "list_head", "int");
    assertThat(base.struct("driver")).isEmpty();
  }

  @Test
  void tellsHeadersFromOtherBytes() {
    byte[] bytes = builder.build();
    byte[] shifted = new byte[bytes.length + 8];
    System.arraycopy(bytes, 0, shifted, 8, bytes.length);
    assertThat(Btf.length(shifted, 8)).hasValue(bytes.length);
    assertThat(Btf.length(shifted, 0)).isEmpty();
    assertThat(Btf.lengthAt(new ArrayMemory(0x1000, bytes), 0x1000)).hasValue(bytes.length);
    assertThat(Btf.lengthAt(new ArrayMemory(0x1000, bytes), 0x1004)).isEmpty();
    byte[] headerAlone = Arrays.copyOf(bytes, Btf.HEADER_BYTES);
    assertThat(Btf.lengthAt(new ArrayMemory(0, headerAlone), 0)).isEmpty();
  }

  @Test
  void saysWhatIsWrong() {
    byte[] good = builder.build();
    assertThatThrownBy(() -> Btf.read("x", new byte[5]))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("x: BTF has a header of 24 bytes, and there are 5");
    assertRefused(good, 0, 0xeb, "big-endian", 1, 0x9f);
    assertRefused(good, 2, 7, "version 7");
    assertRefused(good, 4, 3, "header is of 3 bytes");
    assertRefused(good, 15, 0x7f, "its types end at");
    assertRefused(good, 24 + 7, 0x1e, "is of kind 30");
    assertRefused(good, 24 + 7, Kinds.STRUCT, "does not end before", 24 + 4, 0xff, 24 + 5, 0xff);
    assertRefused(good, good.length - 1, 'x', "begin and end with a zero byte");
  }

  private static void assertRefused(byte[] good, int at, int value, String message, int... more) {
    byte[] bad = good.clone();
    bad[at] = (byte) value;
    for (int i = 0; i < more.length; i += 2) {
      bad[more[i]] = (byte) more[i + 1];
    }
    assertThatThrownBy(() -> Btf.read("x", bad))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("x: ")
        .hasMessageContaining(message);
  }

  @Test
  void endsWhereTypesReferToThemselves() {
    int typedef = builder.alias("loop", Kinds.TYPEDEF, 4);
    int pointer = builder.pointer(5);
    int array = builder.array(6, 2);
    builder.struct("s", 8, "p", pointer, 0, "a", array, 64, "self", 7, 0, "", 7, 0);
    assertThat(List.of(typedef, pointer, array)).containsExactly(4, 5, 6);

    assertThatThrownBy(() -> read().named("loop"))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("leads through more than 64");
    StructType s = struct("s");
    assertThat(s.members().get(0).toString()).contains("...");
    ArrayType endless = (ArrayType) s.members().get(1).type();
    assertThatThrownBy(endless::size).isInstanceOf(ProfileException.class);
    assertThat(s.field("nowhere")).isEmpty();
    assertThatThrownBy(() -> Declaration.layout(s)).isInstanceOf(ProfileException.class);
  }

  @Test
  void refusesReferencesToNothing() {
    builder.struct("s", 8, "x", 99, 0);
    builder.addAt(1 << 20, Kinds.STRUCT, false, 0, 4);
    assertThatThrownBy(() -> struct("s").field("x"))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("there is no BTF type 99");
    assertThat(read().struct("other")).isEmpty();
  }
}
