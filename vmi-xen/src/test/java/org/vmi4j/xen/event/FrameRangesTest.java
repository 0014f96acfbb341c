package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vmi4j.xen.event.FrameRanges.Range;

class FrameRangesTest {
  private final FrameRanges ranges = new FrameRanges();

  @Test
  void whatTouchesBecomesOneRange() {
    ranges.add(10, 5);
    ranges.add(20, 5);
    ranges.add(15, 5);
    assertThat(ranges.all()).containsExactly(new Range(10, 15));
    ranges.remove(12, 3);
    assertThat(ranges.all()).containsExactly(new Range(10, 2), new Range(15, 10));
    ranges.remove(0, 100);
    assertThat(ranges.all()).isEmpty();
  }

  /** Against a set of single frames. */
  @Test
  void theyHoldWhatASetHolds() {
    Random random = new Random(5);
    BitSet expected = new BitSet();
    for (int round = 0; round < 5000; round++) {
      int first = random.nextInt(200);
      int count = 1 + random.nextInt(40);
      if (random.nextBoolean()) {
        ranges.add(first, count);
        expected.set(first, first + count);
      } else {
        ranges.remove(first, count);
        expected.clear(first, first + count);
      }
      BitSet held = new BitSet();
      long before = -1;
      for (Range range : ranges.all()) {
        assertThat(range.first()).isGreaterThan(before);
        before = range.first() + range.count();
        held.set((int) range.first(), (int) before);
      }
      assertThat(held).isEqualTo(expected);
    }
  }
}
