package org.vmi4j.api.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.FakeMemory;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.Window;

class BytePatternTest {
  private static final long END = 4L * Window.SIZE;

  /** Few different bytes, so that short patterns occur often and overlap. */
  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(2));
    }
    return bytes;
  }

  private static List<Long> naive(byte[] content, long base, byte[] wanted) {
    List<Long> found = new ArrayList<>();
    for (int i = 0; i + wanted.length <= content.length; i++) {
      if (Arrays.equals(content, i, i + wanted.length, wanted, 0, wanted.length)) {
        found.add(base + i);
      }
    }
    return found;
  }

  private static List<Long> search(PhysicalMemory memory, BytePattern pattern) {
    List<Long> found = new ArrayList<>();
    pattern.search(memory, 0, END, Progress.NONE, found::add);
    return found;
  }

  /** What begins in the range is found, also when the part that is looked for lies behind it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"6e6565646c6520696e", "?? ?? 65 64 6c", "00 00 6e 65 65", "?? 65??64??00"})
  void findsWhatCrossesTheEndOfARange(String hex) {
    BytePattern pattern = BytePattern.ofHex(hex);
    long end = 16L * Window.SIZE;
    byte[] bytes = new byte[pattern.length()];
    String digits = hex.replace(" ", "").replace('?', '1');
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
    }
    for (int back = 0; back <= bytes.length; back++) {
      long address = 4L * Window.SIZE - back;
      PhysicalMemory memory = new FakeMemory(end, false).put(address, bytes).open();
      assertThat(pattern.searchInParallel(memory, 0, end, Progress.NONE, 2)).contains(address);
      List<Long> before = new ArrayList<>();
      pattern.search(memory, address, address + 1, Progress.NONE, before::add);
      pattern.search(memory, address + 1, end, Progress.NONE, before::add);
      pattern.search(memory, 0, address, Progress.NONE, before::add);
      assertThat(before).containsOnlyOnce(address);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 8, 11, 16, 17})
  void findsWhatANaiveSearchFinds(int length) {
    Random random = new Random(length);
    byte[] content = bytes(random, 40_000);
    long base = Window.SIZE - 20_001;
    PhysicalMemory memory = new FakeMemory(END, true).put(base, content).open();
    byte[] wanted = Arrays.copyOfRange(content, 20_000 - length / 2, 20_000 - length / 2 + length);
    List<Long> expected = naive(content, base, wanted);
    assertThat(expected).isNotEmpty();
    assertThat(search(memory, BytePattern.of(wanted))).isEqualTo(expected);
    assertThat(
            BytePattern.of(wanted)
                .searchInParallel(memory, 0, END, Progress.NONE, Integer.MAX_VALUE))
        .containsExactly(expected.stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void wildcardsMatchAnything() {
    PhysicalMemory memory =
        new FakeMemory(END, false)
            .put(0x1001, new byte[] {0x48, (byte) 0x8b, 0x12, 0x07, 1, 2, 3, 4, 5, 6, 7})
            .put(0x2003, new byte[] {0x48, (byte) 0x8b, 0x34, 0x17, 1, 2, 3, 4, 5, 6, 7})
            .open();
    assertThat(search(memory, BytePattern.ofHex("48 8b ?? 07"))).containsExactly(0x1001L);
    assertThat(search(memory, BytePattern.ofHex("488b???7 01020304050607")))
        .containsExactly(0x1001L, 0x2003L);
    assertThat(search(memory, BytePattern.ofHex("?? ?? 48 8B"))).containsExactly(0xfffL, 0x2001L);
  }

  @Test
  void patternsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> BytePattern.ofHex("4")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BytePattern.ofHex("zz")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BytePattern.ofHex("??")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BytePattern.ofHex("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BytePattern.of(new byte[5000]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void virtualMemoryIsSearchedAcrossPagesThatAreApart() {
    FakeMemory fake = new FakeMemory(END, true);
    fake.putLong(0x1000, 0x2067).putLong(0x2000, 0x3067).putLong(0x3000, 0x4067);
    fake.putLong(0x4000, 0x9067).putLong(0x4008, 0x7067).putLong(0x4018, 0x8067);
    byte[] text = "split between pages".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    fake.put(0x9ffa, Arrays.copyOf(text, 6));
    fake.put(0x7000, Arrays.copyOfRange(text, 6, text.length));
    fake.put(0x8100, text);
    AddressSpace space = AddressSpace.of(fake.open(), PagingMode.X86_64, 0x1000);
    List<Long> found = new ArrayList<>();
    BytePattern.of(text).search(space, 0, 0x1_0000, Progress.NONE, found::add);
    assertThat(found).containsExactly(0xffaL, 0x3100L);
  }

  @Test
  void aVisitorStopsTheSearch() {
    PhysicalMemory memory = new FakeMemory(END, true).put(0, new byte[5000]).open();
    List<Long> found = new ArrayList<>();
    BytePattern.of(new byte[8])
        .search(
            memory,
            0,
            END,
            Progress.NONE,
            address -> {
              found.add(address);
              return found.size() < 3;
            });
    assertThat(found).containsExactly(0L, 1L, 2L);
    assertThat(BytePattern.of(new byte[8]).searchInParallel(memory, 0, END, Progress.NONE, 5))
        .containsExactly(0, 1, 2, 3, 4);
  }

  /** Of a live guest, mapping a window is most of what a search costs. */
  @Test
  void aSearchForOneOccurrenceMapsNoMoreThanItNeeds() {
    FakeMemory frames = new FakeMemory(512L * Window.SIZE, false);
    byte[] text = "the one".getBytes(StandardCharsets.US_ASCII);
    frames.put(3 * Window.SIZE + 0x40, text).put(300L * Window.SIZE, text);
    boolean whole =
        BytePattern.of(text)
            .search(frames.open(), 0, 512L * Window.SIZE, Progress.NONE, address -> false);
    assertThat(whole).isFalse();
    assertThat(frames.mapped()).isEqualTo(4);
  }

  @Test
  void aRangeThatEndsBeforeItBeginsHasNothing() {
    FakeMemory fake = new FakeMemory(END, true).putLong(0x1000, 0x1067);
    AddressSpace space = AddressSpace.of(fake.open(), PagingMode.X86_64, 0x1000);
    BytePattern pattern = BytePattern.of(new byte[8]);
    assertThat(pattern.search(space, 0x2000, 0x1000, Progress.NONE, a -> false)).isTrue();
    assertThat(pattern.search(space, 0x2000, 0x2000, Progress.NONE, a -> false)).isTrue();
  }

  @Test
  void progressMayCancel() {
    PhysicalMemory memory = new FakeMemory(END, true).put(0, new byte[5000]).open();
    Progress cancelled =
        (done, total) -> {
          throw new CancellationException();
        };
    assertThatThrownBy(() -> BytePattern.ofText("x").search(memory, 0, END, cancelled, a -> true))
        .isInstanceOf(CancellationException.class);
  }
}
