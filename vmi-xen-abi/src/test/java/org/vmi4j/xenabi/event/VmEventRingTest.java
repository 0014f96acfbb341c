package org.vmi4j.xenabi.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmiException;

class VmEventRingTest {
  private static final int REQUESTS = 0;
  private static final int RESPONSES = 8;

  private final ByteBuffer page =
      ByteBuffer.allocateDirect(VmEventRing.PAGE + 64)
          .alignedSlice(64)
          .order(ByteOrder.LITTLE_ENDIAN);
  private final VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(7));
  private final VmEventRing ring = new VmEventRing(page, slot.layout().size());

  @Test
  void aPageHasEightSlotsInEveryVersion() {
    for (int version = 1; version <= VmEventLayout.NEWEST; version++) {
      int size = VmEventLayout.ofVersion(version).size();
      assertThat(new VmEventRing(page, size).slots()).isEqualTo(8);
    }
  }

  @Test
  void aNewRingIsAsXenWantsIt() {
    page.putInt(REQUESTS, 77).putInt(20, 1);
    ring.initialize();
    assertThat(page.getInt(REQUESTS)).isZero();
    assertThat(page.getInt(4)).isEqualTo(1);
    assertThat(page.getInt(RESPONSES)).isZero();
    assertThat(page.getInt(12)).isEqualTo(1);
    assertThat(page.getInt(20)).isZero();
    assertThat(ring.take(slot.bytes())).isFalse();
    assertThat(ring.isRead()).isTrue();
  }

  @Test
  void aRequestIsCopiedAndItsResponseGoesIntoItsSlot() {
    ring.initialize();
    page.putInt(64 + 12, 3);
    page.putInt(REQUESTS, 1);
    assertThat(ring.take(slot.bytes())).isTrue();
    page.putInt(64 + 12, 99);
    assertThat(slot.vcpu()).isEqualTo(3);
    slot.respond(0);
    ring.put(slot.bytes());
    assertThat(page.getInt(RESPONSES)).isZero();
    ring.publish();
    assertThat(page.getInt(RESPONSES)).isEqualTo(1);
    assertThat(page.getInt(64 + 12)).isEqualTo(3);
    assertThat(ring.isRead()).isFalse();
    page.putInt(12, 2);
    assertThat(ring.isRead()).isTrue();
  }

  @Test
  void countersThatCannotBeTrueAreRefusedAndNothingIsTaken() {
    ring.initialize();
    for (int claimed : new int[] {9, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      page.putInt(REQUESTS, claimed);
      assertThatThrownBy(() -> ring.take(slot.bytes()))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("ring of events is damaged");
    }
    page.putInt(REQUESTS, 1);
    assertThat(ring.take(slot.bytes())).isTrue();
  }

  @Test
  void aRequestThatComesAfterTheLastLookIsSeen() {
    ring.initialize();
    assertThat(ring.take(slot.bytes())).isFalse();
    page.putInt(REQUESTS, 1);
    assertThat(ring.awaitNext()).isTrue();
    assertThat(ring.take(slot.bytes())).isTrue();
    assertThat(ring.awaitNext()).isFalse();
    assertThat(page.getInt(4)).isEqualTo(2);
  }

  @Test
  void onlyAnAlignedPageIsTaken() {
    ByteBuffer odd = ByteBuffer.allocateDirect(5000).alignedSlice(64).slice(1, 4096);
    assertThatThrownBy(() -> new VmEventRing(odd, 400))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new VmEventRing(ByteBuffer.allocateDirect(4000), 400))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
