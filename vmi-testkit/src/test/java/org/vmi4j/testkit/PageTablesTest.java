package org.vmi4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;

/** The walker finds what was mapped, and nothing else. */
class PageTablesTest {
  private static final long TABLES = 64 << 20;
  private static final int PAGES = 200;

  static Stream<TableFormat> formats() {
    List<TableFormat> formats =
        new ArrayList<>(
            List.of(
                TableFormat.X86_32,
                TableFormat.X86_PAE,
                TableFormat.X86_64,
                TableFormat.X86_64_LA57,
                TableFormat.EPT4,
                TableFormat.EPT5,
                TableFormat.ARM_SHORT,
                TableFormat.ARM_LPAE));
    for (int granule : new int[] {12, 14, 16}) {
      for (int bits : new int[] {25, 36, 39, 42, 47, 48, 52}) {
        formats.add(TableFormat.aarch64(granule, bits));
      }
    }
    return formats.stream();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void pagesAreFoundWhereTheyWereMapped(TableFormat format) {
    Random random = new Random(format.toString().hashCode());
    MockMemory memory = new MockMemory(1L << 32);
    PageTables tables = new PageTables(memory, format, TABLES);
    Map<Long, Long> mapped = new HashMap<>();
    int bits = format.mode().addressBits();
    for (int i = 0; i < PAGES; i++) {
      long va = random.nextLong() >>> (Long.SIZE - bits) & -format.pageSize();
      if (format.mode().signExtended()) {
        va = va << (Long.SIZE - bits) >> (Long.SIZE - bits);
      }
      long pa = (random.nextInt() & 0xffff_ffffL) & -format.pageSize();
      mapped.put(va, pa);
      tables.map(va, pa, format.pageSize());
    }
    AddressSpace space = tables.addressSpace(memory.open());
    mapped.forEach(
        (va, pa) -> {
          long lookup = space.lookup(va + 0x123);
          assertThat(Lookup.isMapped(lookup)).as(Long.toHexString(va)).isTrue();
          assertThat(Lookup.physical(lookup)).isEqualTo(pa + 0x123);
          assertThat(Lookup.pageSize(lookup)).isEqualTo(format.pageSize());
          long next = va + format.pageSize();
          assertThat(mapped.containsKey(next) || !Lookup.isMapped(space.lookup(next))).isTrue();
        });
    assertThat(tables.end()).isGreaterThan(TABLES);
  }
}
