package org.vmi4j.api.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.memory.FakeMemory;
import org.vmi4j.api.memory.PhysicalMemory;

/** Which addresses have tables at all: the quick test of a lookup against the one of a region. */
class CanonicalTest {
  private static final long ROOT = 0x1_0000;
  private static final long IGNORE_TOP_BYTES = 3L << 37;
  private static final PhysicalMemory MEMORY = new FakeMemory(1L << 40, true).open();

  /** Address spaces of one root, which one comparison may serve, and some that it may not. */
  static Stream<AddressSpace> spaces() {
    long fourKilobytes = 16 | 16 << 16 | 2L << 30;
    long smaller = 25 | 25 << 16 | 2L << 30;
    long halves = 1L << 31 | 1 | 1 << 16;
    return Stream.concat(
        Stream.of(PagingMode.X86_64, PagingMode.X86_64_LA57, PagingMode.X86_PAE, PagingMode.X86_32)
            .map(mode -> AddressSpace.of(MEMORY, mode, ROOT)),
        Stream.of(
            ArmAddressSpaces.aarch64(MEMORY, ROOT, ROOT, fourKilobytes),
            ArmAddressSpaces.aarch64(MEMORY, ROOT, ROOT, fourKilobytes | IGNORE_TOP_BYTES),
            ArmAddressSpaces.aarch64(MEMORY, ROOT, 2 * ROOT, fourKilobytes),
            ArmAddressSpaces.aarch64(MEMORY, ROOT, ROOT, smaller | IGNORE_TOP_BYTES),
            ArmAddressSpaces.aarch32(MEMORY, ROOT, ROOT, halves)));
  }

  /** Each bit alone, all below it, all above it, and the neighbours of those. */
  private static LongStream edges() {
    return LongStream.range(0, Long.SIZE)
        .flatMap(bit -> LongStream.of(1L << bit, -1L << bit, 1L << bit | 1L << 55))
        .flatMap(edge -> LongStream.of(edge - 1, edge, edge + 1));
  }

  @ParameterizedTest
  @MethodSource("spaces")
  void aLookupRefusesWhatNoTableTranslates(AddressSpace space) {
    edges()
        .forEach(
            va ->
                assertThat(Lookup.reason(space.lookup(va)) == Lookup.NON_CANONICAL)
                    .as("address 0x%x", va)
                    .isEqualTo(space.translate(va) instanceof Translation.NonCanonical));
  }
}
