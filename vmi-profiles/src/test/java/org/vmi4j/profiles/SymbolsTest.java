package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SymbolsTest {
  private static final long KERNEL = 0xffffffff81000000L;

  @Test
  void agreesWithPlainMaps() {
    Random random = new Random(42);
    SymbolsBuilder builder = new SymbolsBuilder(0);
    Map<String, List<Symbol>> byName = new HashMap<>();
    TreeMap<Long, Symbol> byAddress = new TreeMap<>(Long::compareUnsigned);
    for (int i = 0; i < 20_000; i++) {
      String name = "name_" + random.nextInt(15_000);
      long address = random.nextInt(4) == 0 ? random.nextInt(5000) : KERNEL + random.nextInt();
      Symbol symbol = new Symbol(name, address, "tTdDbB".charAt(random.nextInt(6)));
      builder.add(name, address, symbol.kind());
      byName.computeIfAbsent(name, key -> new ArrayList<>()).add(symbol);
      byAddress.putIfAbsent(address, symbol);
    }
    Symbols symbols = builder.build();

    assertThat(symbols.count()).isEqualTo(20_000);
    byName.forEach((name, all) -> assertThat(symbols.all(name)).isEqualTo(all));
    byName.forEach((name, all) -> assertThat(symbols.address(name)).hasValue(all.get(0).address()));
    for (int i = 0; i < 20_000; i++) {
      long address = random.nextBoolean() ? KERNEL + random.nextInt() : random.nextInt(6000);
      Map.Entry<Long, Symbol> expected = byAddress.floorEntry(address);
      assertThat(symbols.nearest(address).orElse(null))
          .isEqualTo(expected == null ? null : expected.getValue());
    }
  }

  @Test
  void answersWithNothingWhenThereIsNothing() {
    assertThat(Symbols.NONE.address("x")).isEmpty();
    assertThat(Symbols.NONE.all("x")).isEmpty();
    assertThat(Symbols.NONE.nearest(5)).isEmpty();
    assertThat(Symbols.NONE.withPrefix("")).isEmpty();
  }

  @Test
  void findsByPrefixInTheOrderOfTheProfile() {
    Symbols symbols =
        new SymbolsBuilder(4)
            .add("init_task", 3)
            .add("x", 1)
            .add("init_mm", 2)
            .add("ini", 9)
            .build();
    assertThat(symbols.withPrefix("init_").map(Symbol::name))
        .containsExactly("init_task", "init_mm");
    assertThat(symbols.withPrefix("")).hasSize(4);
  }

  @Test
  void movesTheKernelAndLeavesAbsoluteSymbols() {
    Symbols linked =
        new SymbolsBuilder(2).add("per_cpu", 0x40, 'A').add("_text", KERNEL, 'T').build();
    Symbols moved = linked.shifted(0x2000000).shifted(0x1000);
    assertThat(moved.address("_text")).hasValue(KERNEL + 0x2001000);
    assertThat(moved.address("per_cpu")).hasValue(0x40);
    assertThat(moved.nearest(KERNEL + 0x2001004).map(Symbol::name)).contains("_text");
    assertThat(linked.address("_text")).hasValue(KERNEL);
  }

  @Test
  void movesAllThatCountFromTheStartOfTheKernel() {
    Symbols windows = new SymbolsBuilder(1).add("PsActiveProcessHead", 0x1000).build();
    assertThat(windows.shifted(0xfffff80002a00000L).address("PsActiveProcessHead"))
        .hasValue(0xfffff80002a01000L);
  }

  @Test
  void theFirstOfSeveralAtOneAddressIsNearest() {
    Symbols symbols =
        new SymbolsBuilder(3).add("_text", 16).add("_stext", 16).add("startup_64", 16).build();
    Symbol found = symbols.nearest(0x11).orElseThrow();
    assertThat(found.describe(0x11)).isEqualTo("_text+0x1");
    assertThat(found.describe(0x10)).isEqualTo("_text");
    assertThat(found).hasToString("0x10 ? _text");
  }

  @Test
  void namesThatAreNotUtf8LeadBackToTheirSymbols() {
    byte[] name = {'a', (byte) 0xff, (byte) 0x80};
    Symbols symbols =
        new SymbolsBuilder(2).add(name, 0, 3, 7, 'T').add("gr\u00f6\u00dfe", 8).build();
    Symbol odd = symbols.nearest(7).orElseThrow();
    assertThat(odd.name()).isEqualTo("a\u00ff\u0080");
    assertThat(symbols.all(odd.name())).containsExactly(odd);
    assertThat(symbols.address("gr\u00f6\u00dfe")).hasValue(8);
    assertThat(symbols.address("\u20ac")).isEmpty();
  }
}
