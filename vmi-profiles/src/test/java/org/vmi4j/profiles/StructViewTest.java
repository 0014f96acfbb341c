package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.testkit.ArrayMemory;

/** The values of a structure, of every kind that a member can have. */
class StructViewTest {
  private static final long BASE = 0xffff888000001000L;

  private static Type integer(int size, boolean signed) {
    return new IntegerType("number", size, signed, IntegerType.Encoding.NUMBER);
  }

  private static StructType struct() {
    Type inner =
        new StructType(
            StructType.Kind.UNION,
            "",
            8,
            () -> List.of(Member.of("deep", 4, () -> integer(4, true))));
    Type character = new IntegerType("char", 1, true, IntegerType.Encoding.CHARACTER);
    Type kinds = new EnumType("kinds", 4, false, () -> List.of(new EnumType.Constant("SOME", 5)));
    return new StructType(
        StructType.Kind.STRUCT,
        "sample",
        96,
        () ->
            List.of(
                Member.of("count", 0, () -> integer(8, false)),
                Member.anonymous("", 8, () -> inner),
                Member.bits("bits", 16, 4, 3, () -> integer(4, false)),
                Member.of("kind", 20, () -> kinds),
                Member.of("next", 24, () -> new PointerType(8, () -> OpaqueType.VOID)),
                Member.of("none", 32, () -> new PointerType(8, () -> OpaqueType.VOID)),
                Member.of("name", 40, () -> new ArrayType(() -> character, 16)),
                Member.of("bytes", 56, () -> new ArrayType(() -> character, 8)),
                Member.of("wide", 64, () -> integer(16, false)),
                Member.of("other", 80, () -> kinds),
                Member.of("outside", 100, () -> integer(4, false))));
  }

  private static ArrayMemory memory() {
    ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, -1).putInt(12, -3).putInt(16, 0x50).putInt(20, 5);
    bytes.putLong(24, BASE).putLong(56, 0x0102_0304).putInt(80, 6);
    bytes.position(40).put("swapper/0".getBytes(StandardCharsets.US_ASCII));
    return new ArrayMemory(BASE, bytes.array());
  }

  @Test
  void everyMemberHasItsValue() {
    StructView view =
        StructView.read(
            struct(), memory(), BASE, at -> at == BASE ? Optional.of("here") : Optional.empty());
    assertThat(view.members().stream().map(row -> row.field().name() + " = " + row.value()))
        .containsExactly(
            "count = 18446744073709551615",
            "deep = -3",
            "bits = 5",
            "kind = SOME",
            "next = 0xffff888000001000 here",
            "none = 0x0",
            "name = \"swapper/0\"",
            "bytes = at 0xffff888000001038",
            "wide = at 0xffff888000001040",
            "other = 6",
            "outside = not readable");
    assertThat(view.members().get(3).value()).isEqualTo(new StructValue.Constant("SOME", 5));
    assertThat(view.members().get(10).value()).isInstanceOf(StructValue.Unreadable.class);
  }

  @Test
  void whereNothingIsThereIsNoView() {
    assertThatThrownBy(() -> StructView.read(struct(), memory(), 0, at -> Optional.empty()))
        .isInstanceOf(MemoryFault.class);
  }
}
