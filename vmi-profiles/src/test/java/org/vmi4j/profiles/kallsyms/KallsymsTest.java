package org.vmi4j.profiles.kallsyms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Progress;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.kallsyms.KallsymsBuilder.Keeping;
import org.vmi4j.testkit.ArrayMemory;

class KallsymsTest {
  private static final long BASE64 = 0xffffffff81000000L;
  private static final long BASE32 = 0xc1000000L;
  private static final int COUNT = 1000;

  private static KallsymsBuilder builder(int pointerSize, boolean percpu) {
    long base = pointerSize == Long.BYTES ? BASE64 : BASE32;
    List<String> names = new ArrayList<>();
    long[] addresses = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      names.add((i % 3 == 0 ? "T" : "d") + "sys_symbol_" + i);
      addresses[i] = percpu && i < 10 ? 0x40L * i : base + 16L * i;
    }
    names.set(500, "t" + "long_name_".repeat(30));
    return new KallsymsBuilder(base, pointerSize, names, addresses);
  }

  private static Arguments layout(
      String what, KallsymsBuilder builder, KallsymsTables tables, int pointerSize) {
    return arguments(what, builder.memory(), tables, pointerSize);
  }

  static Stream<Arguments> layouts() {
    KallsymsBuilder v46 = builder(8, true);
    KallsymsBuilder v44 = builder(8, false);
    KallsymsBuilder v61 = builder(8, true);
    KallsymsBuilder v62 = builder(8, true);
    KallsymsBuilder v66 = builder(8, true);
    KallsymsBuilder v615 = builder(8, false);
    KallsymsBuilder v70 = builder(8, false).packed();
    KallsymsBuilder wide = builder(8, false);
    KallsymsBuilder i386 = builder(4, false);
    KallsymsBuilder arm = builder(4, false);
    KallsymsBuilder i386of70 = builder(4, false);
    KallsymsBuilder armOf70 = builder(4, false);
    return Stream.of(
        layout("4.4", v44, v44.before(Keeping.ABSOLUTE, 8, false), 8),
        layout("4.6", v46, v46.before(Keeping.ABSOLUTE_PERCPU, 8, false), 8),
        layout("6.1", v61, v61.before(Keeping.ABSOLUTE_PERCPU, 4, false), 8),
        layout("6.2", v62, v62.before(Keeping.ABSOLUTE_PERCPU, 4, true), 8),
        layout("6.6", v66, v66.since(Keeping.ABSOLUTE_PERCPU), 8),
        layout("6.15", v615, v615.since(Keeping.RELATIVE), 8),
        layout("i386 4.4", i386, i386.before(Keeping.ABSOLUTE, 4, false), 4),
        layout("arm 6.6", arm, arm.since(Keeping.RELATIVE), 4),
        layout("7.0", v70, v70.since(Keeping.PLACE_RELATIVE), 8),
        layout("7.0, wide", wide, wide.since(Keeping.PLACE_RELATIVE), 8),
        layout("i386 7.0", i386of70, i386of70.since(Keeping.PLACE_RELATIVE), 4),
        layout("arm 7.0", armOf70, armOf70.since(Keeping.ABSOLUTE), 4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void decodesAndFindsTheTables(
      String what, ArrayMemory memory, KallsymsTables tables, int pointerSize) {
    long base = pointerSize == Long.BYTES ? BASE64 : BASE32;
    Symbols symbols = Kallsyms.decode(memory, tables);

    assertThat(symbols.count()).isEqualTo(COUNT);
    assertThat(symbols.address("sys_symbol_999")).hasValue(base + 16L * 999);
    assertThat(symbols.address("long_name_".repeat(30))).hasValue(base + 16L * 500);
    assertThat(symbols.all("sys_symbol_20"))
        .containsExactly(new Symbol("sys_symbol_20", base + 16L * 20, 'd'));
    assertThat(
            symbols.nearest(base + 16L * 33 + 5).map(found -> found.describe(base + 16L * 33 + 5)))
        .contains("sys_symbol_33+0x5");
    assertThat(KallsymsFinder.find(memory, base, 1 << 21, pointerSize, Progress.NONE))
        .contains(tables);
  }

  @Test
  void perCpuSymbolsAreNotMovedByTheBase() {
    KallsymsBuilder builder = builder(8, true);
    KallsymsTables tables = builder.since(Keeping.ABSOLUTE_PERCPU);
    assertThat(Kallsyms.decode(builder.memory(), tables).address("sys_symbol_3")).hasValue(0xc0);
  }

  @Test
  void findsNothingWhereTablesDisagree() {
    KallsymsBuilder builder = builder(8, true);
    KallsymsTables tables = builder.since(Keeping.ABSOLUTE_PERCPU);
    byte[] bytes = builder.bytes();
    for (long at : List.of(tables.numSyms(), tables.names(), tables.tokenIndex() + 7)) {
      byte[] broken = bytes.clone();
      broken[(int) (at - BASE64)] ^= 0x11;
      ArrayMemory memory = new ArrayMemory(BASE64, broken);
      assertThat(KallsymsFinder.find(memory, BASE64, 1 << 21, 8, Progress.NONE)).isEmpty();
    }
    assertThat(KallsymsFinder.find(builder.memory(), BASE64, 1 << 12, 8, Progress.NONE)).isEmpty();
    assertThat(KallsymsFinder.find(builder.memory(), BASE64 - (1 << 22), 1 << 21, 8, Progress.NONE))
        .isEmpty();
    assertThatThrownBy(
            () -> KallsymsFinder.find(builder.memory(), BASE64, 1L << 40, 8, Progress.NONE))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("is refused");
  }

  @Test
  void saysWhatIsWrong() {
    KallsymsBuilder builder = builder(8, true);
    KallsymsTables tables = builder.since(Keeping.ABSOLUTE_PERCPU);
    assertBroken(
        builder, tables, tables.numSyms(), "a kernel has from 1 to", 0xff, 0xff, 0xff, 0x7f);
    assertBroken(builder, tables, tables.numSyms(), "that there are 0 symbols", 0, 0, 0, 0);
    assertBroken(builder, tables, tables.names(), "symbol 0", 0);
    KallsymsTables elsewhere =
        new KallsymsTables(4, 8, 12, 16, new KallsymsTables.Relative(20, 24, 8));
    assertThatThrownBy(() -> Kallsyms.decode(builder.memory(), elsewhere))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("kallsyms with names at 0x8 cannot be read: no memory at 0x4");
  }

  private static void assertBroken(
      KallsymsBuilder builder, KallsymsTables tables, long at, String message, int... values) {
    byte[] bytes = builder.bytes().clone();
    for (int i = 0; i < values.length; i++) {
      bytes[(int) (at - BASE64) + i] = (byte) values[i];
    }
    assertThatThrownBy(() -> Kallsyms.decode(new ArrayMemory(BASE64, bytes), tables))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesTokensAndNamesWithoutEnd() {
    KallsymsBuilder builder = builder(8, true);
    KallsymsTables tables = builder.since(Keeping.ABSOLUTE_PERCPU);
    byte[] bytes = builder.bytes().clone();
    int table = (int) (tables.tokenTable() - BASE64);
    Arrays.fill(bytes, table, bytes.length, (byte) 'x');
    assertThatThrownBy(() -> Kallsyms.decode(new ArrayMemory(BASE64, bytes), tables))
        .isInstanceOf(ProfileException.class);
    byte[] longNames = builder.bytes().clone();
    int names = (int) (tables.names() - BASE64);
    longNames[names] = (byte) 0xff;
    longNames[names + 1] = (byte) 0xff;
    assertThatThrownBy(() -> Kallsyms.decode(new ArrayMemory(BASE64, longNames), tables))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("is longer than 4096");
  }

  /** A table of 2,000 false ones before the true one, each of which claims 4 MiB of names. */
  @Test
  void falseTablesEndTheSearchInsteadOfMakingItEndless() {
    int each = 4096;
    byte[] bytes = new byte[(1 << 25) + 2000 * each];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // Before the tables: counts that would fit, of names that never agree.
    for (int at = 0; at < 1 << 25; at += 8) {
      out.putLong(at, 600_000);
    }
    KallsymsBuilder honest = builder(8, false);
    KallsymsTables tables = honest.since(Keeping.RELATIVE);
    int from = (int) (tables.tokenTable() - BASE64);
    int length = (int) (tables.tokenIndex() - tables.tokenTable()) + Tokens.INDEX_BYTES;
    for (int table = 0; table < 2000; table++) {
      System.arraycopy(honest.bytes(), from, bytes, (1 << 25) + table * each, length);
    }
    ArrayMemory memory = new ArrayMemory(BASE64, bytes);
    List<Long> progress = new ArrayList<>();

    assertThatThrownBy(
            () ->
                KallsymsFinder.find(
                    memory, BASE64, bytes.length, 8, (done, total) -> progress.add(done)))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("full of false tables");
    assertThat(progress).hasSizeGreaterThan(100).isSorted();
    assertThatThrownBy(
            () ->
                KallsymsFinder.find(
                    memory,
                    BASE64,
                    bytes.length,
                    8,
                    (done, total) -> {
                      throw new CancellationException("stopped");
                    }))
        .isInstanceOf(CancellationException.class);
  }
}
