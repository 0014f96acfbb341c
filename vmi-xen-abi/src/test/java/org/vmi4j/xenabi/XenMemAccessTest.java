package org.vmi4j.xenabi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.event.FrameAccess;

class XenMemAccessTest {
  private static final XenRelease OLD = new XenRelease(4, 19);
  private static final XenRelease NEW = new XenRelease(4, 20);

  @Test
  void everyRightHasItsNumberInBothDirections() {
    for (FrameAccess access : FrameAccess.values()) {
      assertThat(XenMemAccess.of(XenMemAccess.number(access), OLD)).isEqualTo(access);
    }
    assertThat(XenMemAccess.number(FrameAccess.NONE)).isZero();
    assertThat(XenMemAccess.number(FrameAccess.RX)).isEqualTo(5);
    assertThat(XenMemAccess.number(FrameAccess.RWX)).isEqualTo(7);
  }

  @Test
  void theDefaultMovedToMakeRoom() {
    assertThat(XenMemAccess.of(8, OLD)).isEqualTo(FrameAccess.RX);
    assertThat(XenMemAccess.of(9, OLD)).isEqualTo(FrameAccess.NONE);
    assertThat(XenMemAccess.of(10, OLD)).isEqualTo(FrameAccess.RWX);
    assertThat(XenMemAccess.of(10, NEW)).isEqualTo(FrameAccess.R);
    assertThat(XenMemAccess.of(11, NEW)).isEqualTo(FrameAccess.RWX);
  }
}
