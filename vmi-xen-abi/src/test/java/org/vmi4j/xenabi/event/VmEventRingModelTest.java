package org.vmi4j.xenabi.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A hypervisor and a program share a ring, one step at a time, in any order: what is random is who
 * takes the next step. The hypervisor notifies only when the ring asks it to, as the protocol
 * permits, so that a wake-up that is lost stops everything; that shows as a state in which nobody
 * has a step left and a processor still waits.
 */
class VmEventRingModelTest {
  private static final long STEPS = 10_000_000;
  private static final int SLOTS_AT = 64;
  private static final int MARK = 24;
  private static final int MARK_AGAIN = 392;

  private enum Consumer {
    LOOK,
    ANSWER,
    PUBLISH,
    AWAIT,
    UNMASK,
    SLEEP,
    DONE
  }

  /** One life of a ring: from its beginning until it is shut down and all are answered. */
  private static final class Life {
    private final SplittableRandom random;
    private final ByteBuffer page =
        ByteBuffer.allocateDirect(VmEventRing.PAGE + 64)
            .alignedSlice(64)
            .order(ByteOrder.LITTLE_ENDIAN);
    private final VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(7));
    private final VmEventRing ring = new VmEventRing(page, slot.layout().size());
    private final int vcpus;
    private final boolean notifyEach;

    // The hypervisor.
    private final long[] sent;
    private final long[] answered;
    private int produced;
    private int consumed;
    private int writing = -1;
    private boolean enabled = true;

    // The event channel between them.
    private boolean pending;
    private boolean masked;

    // The program.
    private final long[] seen;
    private Consumer state = Consumer.LOOK;
    private int unpublished;

    Life(SplittableRandom random) {
      this.random = random;
      this.vcpus = 1 + random.nextInt(64);
      this.notifyEach = random.nextBoolean();
      this.sent = new long[vcpus];
      this.answered = new long[vcpus];
      this.seen = new long[vcpus];
      ring.initialize();
    }

    /** Both take steps until the life is over; returns how many. */
    long live(int shutDownAfter) {
      long steps = 0;
      while (state != Consumer.DONE) {
        steps++;
        if (steps == shutDownAfter) {
          enabled = false;
        } else if (steps < shutDownAfter && random.nextInt(64) == 0) {
          enabled = !enabled;
        }
        boolean moved = random.nextBoolean() ? produce() || consume() : consume() || produce();
        if (!moved) {
          assertThat(waiting()).as("processors that wait while nobody has a step left").isZero();
          enabled = true;
          state = steps < shutDownAfter ? state : Consumer.DONE;
        }
      }
      assertThat(seen).isEqualTo(sent);
      assertThat(answered).isEqualTo(sent);
      assertThat(ring.isRead()).isTrue();
      return steps;
    }

    private int waiting() {
      int count = writing >= 0 ? 1 : 0;
      for (int i = 0; i < vcpus; i++) {
        count += sent[i] != answered[i] ? 1 : 0;
      }
      return count;
    }

    private int at(int counter) {
      return SLOTS_AT + (counter & ring.slots() - 1) * slot.layout().size();
    }

    private boolean produce() {
      if (writing >= 0) {
        page.putLong(at(produced) + MARK_AGAIN, sent[writing]);
        produced++;
        int asked = page.getInt(4);
        page.putInt(0, produced);
        writing = -1;
        if (produced - asked < 1 && produced - asked >= 0) {
          pending = true;
        }
        return true;
      }
      if (!enabled || produced - consumed == ring.slots()) {
        return false;
      }
      int vcpu = random.nextInt(vcpus);
      for (int i = 0; i < vcpus && sent[vcpu] != answered[vcpu]; i++) {
        vcpu = (vcpu + 1) % vcpus;
      }
      if (sent[vcpu] != answered[vcpu]) {
        return false;
      }
      sent[vcpu]++;
      page.putInt(at(produced), 7).putInt(at(produced) + 4, VmEventFlags.VCPU_PAUSED);
      page.putInt(at(produced) + 12, vcpu).putLong(at(produced) + MARK, sent[vcpu]);
      writing = vcpu;
      return true;
    }

    private boolean consume() {
      switch (state) {
        case LOOK -> {
          if (ring.take(slot.bytes())) {
            int vcpu = slot.vcpu();
            assertThat(slot.frame() == ++seen[vcpu])
                .as("the next event of processor " + vcpu)
                .isTrue();
            assertThat(slot.bytes().getLong(MARK_AGAIN)).isEqualTo(seen[vcpu]);
            state = Consumer.ANSWER;
          } else {
            state = unpublished > 0 ? Consumer.PUBLISH : Consumer.AWAIT;
          }
        }
        case ANSWER -> {
          slot.respond(0);
          ring.put(slot.bytes());
          unpublished++;
          state = notifyEach ? Consumer.PUBLISH : Consumer.LOOK;
        }
        case PUBLISH -> {
          ring.publish();
          unpublished = 0;
          resume();
          state = Consumer.LOOK;
        }
        case AWAIT -> state = ring.awaitNext() ? Consumer.LOOK : Consumer.UNMASK;
        case UNMASK -> {
          masked = false;
          state = Consumer.SLEEP;
        }
        case SLEEP -> {
          if (!pending || masked) {
            return false;
          }
          pending = false;
          masked = true;
          state = Consumer.LOOK;
        }
        case DONE -> {
          return false;
        }
      }
      return true;
    }

    /** The hypervisor reads all responses, as it does when it is notified. */
    private void resume() {
      while (consumed != page.getInt(8)) {
        int vcpu = page.getInt(at(consumed) + 12);
        assertThat(page.getInt(at(consumed))).isEqualTo(7);
        assertThat(page.getInt(at(consumed) + 4)).isEqualTo(VmEventFlags.VCPU_PAUSED);
        assertThat(page.getLong(at(consumed) + MARK)).isEqualTo(++answered[vcpu]);
        consumed++;
        page.putInt(12, consumed + 1);
      }
    }
  }

  @Test
  void nothingIsLostDoubledReorderedOrLeftUnanswered() {
    SplittableRandom random = new SplittableRandom(20261125);
    long steps = 0;
    int lives = 0;
    while (steps < STEPS) {
      steps += new Life(random.split()).live(1000 + random.nextInt(20_000));
      lives++;
    }
    assertThat(lives).isGreaterThan(100);
  }
}
