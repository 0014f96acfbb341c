package org.vmi4j.api.paging;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.memory.FakeMemory;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.memory.ReadBatch;

/** Random tables of every mode, walked by the engine and by the reference. */
class RandomTablesTest {
  private static final int TABLES = 24;
  private static final long TABLE_BYTES = 1 << 16;
  private static final int ADDRESSES = 20_000;
  private static final long SEED = 20261123;

  private static final long X86_RIGHTS = 1L << 63 | 6;
  private static final long ARM_LONG_RIGHTS = 15L << 59 | 3L << 53 | 3 << 6;

  /** AP and XN of sections (bits 15, 11, 10, 4) and of pages (bits 15, 9, 5, 4). */
  private static final long ARM_SHORT_RIGHTS = 1 << 15 | 7 << 9 | 3 << 4;

  /** A walk of the reference. */
  interface Reference {
    long walk(ReferenceWalker walker, long root, long va);
  }

  /**
   * A mode.
   *
   * @param flags the bits of an entry that leads to a table
   * @param rights the bits that carry rights, at whatever level
   */
  record Case(PagingMode mode, int entryBytes, long flags, long rights, Reference reference) {
    @Override
    public String toString() {
      return mode.name();
    }
  }

  static Stream<Case> modes() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case(PagingMode.X86_64, 8, 1, X86_RIGHTS, (w, r, va) -> w.x86Long(r, va, 4)));
    cases.add(
        new Case(PagingMode.X86_64_LA57, 8, 1, X86_RIGHTS, (w, r, va) -> w.x86Long(r, va, 5)));
    cases.add(new Case(PagingMode.X86_PAE, 8, 1, X86_RIGHTS, (w, r, va) -> w.pae(r, va)));
    cases.add(new Case(PagingMode.X86_32, 4, 1, 6, (w, r, va) -> w.x86Legacy(r, va, false, 32)));
    cases.add(new Case(PagingMode.X86_32_PSE, 4, 1, 6, (w, r, va) -> w.x86Legacy(r, va, true, 32)));
    cases.add(
        new Case(PagingMode.X86_32_PSE36, 4, 1, 6, (w, r, va) -> w.x86Legacy(r, va, true, 40)));
    cases.add(new Case(PagingMode.EPT4, 8, 7, 6, (w, r, va) -> w.ept(r, va, 4)));
    cases.add(new Case(PagingMode.EPT5, 8, 7, 6, (w, r, va) -> w.ept(r, va, 5)));
    for (int n = 0; n <= 7; n++) {
      int split = n;
      cases.add(
          new Case(
              PagingMode.armShort(n),
              4,
              1,
              ARM_SHORT_RIGHTS,
              (w, r, va) -> w.armShort(r, va, split)));
    }
    for (int size : new int[] {25, 30, 31, 32}) {
      cases.add(
          new Case(
              PagingMode.armLpae(size),
              8,
              3,
              ARM_LONG_RIGHTS,
              (w, r, va) -> w.armLong(r, va, 12, size, false, 40)));
    }
    for (int granule : new int[] {12, 14, 16}) {
      for (int size : new int[] {25, 36, 39, 42, 47, 48, 52}) {
        for (boolean wide : new boolean[] {false, true}) {
          cases.add(
              new Case(
                  PagingMode.aarch64(granule, size, wide),
                  8,
                  3,
                  ARM_LONG_RIGHTS,
                  (w, r, va) -> w.armLong(r, va, granule, size, wide, 48)));
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("modes")
  void theEngineAgreesWithTheReference(Case mode) {
    Random random = new Random(SEED);
    PhysicalMemory memory = tables(mode, random, 1L << 44);
    ReferenceWalker walker = new ReferenceWalker(memory);
    AddressSpace space = AddressSpace.of(memory, mode.mode(), 0);
    int mapped = 0;
    Set<Object> kinds = new HashSet<>();
    for (int i = 0; i < ADDRESSES; i++) {
      long va = random.nextLong() >>> random.nextInt(64 - 12);
      if (i % 2 == 0) {
        va &= (1L << mode.mode().addressBits()) - 1;
      }
      if (i % 4 == 0 && mode.mode().signExtended()) {
        va = -va;
      }
      long expected = mode.reference().walk(walker, 0, va);
      long lookup = space.lookup(va);
      String what = mode + ", seed " + SEED + ", address 0x" + Long.toHexString(va);
      assertThat(Lookup.isMapped(lookup) ? Lookup.physical(lookup) : -1)
          .as(what)
          .isEqualTo(expected);
      Translation translation = space.translate(va);
      assertThat(translation.physical().orElse(-1)).as(what).isEqualTo(expected);
      if (translation instanceof Translation.Mapped page) {
        assertThat(Lookup.pageSize(lookup)).as(what).isEqualTo(walker.size());
        assertThat(page.pageSize()).as(what).isEqualTo(walker.size());
        assertThat(page.access()).as(what).isEqualTo(walker.access());
        kinds.add(page.access());
        kinds.add(page.pageSize());
      } else {
        assertThat(Lookup.span(lookup)).as(what).isEqualTo(walker.size());
      }
      mapped += expected == -1 ? 0 : 1;
    }
    assertThat(mapped).as("addresses of %s that are mapped", mode).isGreaterThan(ADDRESSES / 50);
    assertThat(kinds).as("sizes of pages and rights that were met").hasSizeGreaterThan(3);
  }

  /**
   * Whatever an address meets: a page, nothing, or an entry with reserved bits. Memory ends at 4
   * TiB, from where on windows are not in a table.
   */
  @ParameterizedTest
  @MethodSource("modes")
  void aLookupAllocatesNothing(Case mode) {
    Random random = new Random(SEED);
    AddressSpace space = AddressSpace.of(tables(mode, random, 1L << 42), mode.mode(), 0);
    long[] addresses = random.longs(1024, 0, 1L << mode.mode().addressBits()).toArray();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    long mapped = 0;
    for (int round = 0; round < 5; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 20_000; i++) {
        mapped += Lookup.isMapped(space.lookup(addresses[i & 1023])) ? 1 : 0;
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(mapped).isPositive();
    assertThat(least).isLessThan(1000);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aBatchReadsWhatSingleReadsDo(Case mode) {
    Random random = new Random(SEED);
    AddressSpace space = AddressSpace.of(tables(mode, random, 1L << 42), mode.mode(), 0);
    ReadBatch batch = new ReadBatch();
    int succeeded = 0;
    for (int i = 0; i < 1000; i++) {
      long page = random.nextLong(1L << mode.mode().addressBits()) & -4096;
      batch.add(page + 4090 + random.nextInt(12), random.nextInt(20));
    }
    space.read(batch);
    for (int i = 0; i < batch.count(); i++) {
      byte[] single = new byte[batch.length(i)];
      int got = space.readAvailable(batch.address(i), single, 0, single.length);
      String what = mode + ", seed " + SEED + ", address 0x" + Long.toHexString(batch.address(i));
      assertThat(batch.completed(i)).as(what).isEqualTo(got);
      int from = batch.offset(i);
      assertThat(Arrays.equals(batch.bytes(), from, from + got, single, 0, got)).as(what).isTrue();
      succeeded += batch.succeeded(i) ? 1 : 0;
    }
    assertThat(succeeded).isBetween(1, 999);
  }

  private static PhysicalMemory tables(Case mode, Random random, long end) {
    FakeMemory fake = new FakeMemory(end, true);
    for (int table = 0; table < TABLES; table++) {
      for (long at = 0; at < TABLE_BYTES; at += mode.entryBytes()) {
        put(fake, mode, table * TABLE_BYTES + at, random);
      }
    }
    return fake.open();
  }

  /** Mostly an entry that leads to another table, now and then anything. */
  private static void put(FakeMemory memory, Case mode, long at, Random random) {
    long entry = random.nextLong();
    int kind = random.nextInt(10);
    if (kind < 7) {
      long table = random.nextInt(TABLES) * TABLE_BYTES;
      entry = table | mode.flags();
    } else if (kind < 9) {
      entry = entry & 0x0000_00ff_fff0_00ffL | mode.flags() & 1;
    }
    if (random.nextBoolean()) {
      entry ^= random.nextLong() & mode.rights();
    }
    if (mode.entryBytes() == 8) {
      memory.putLong(at, entry);
    } else {
      memory.putInt(at, (int) entry);
    }
  }
}
