package org.vmi4j.xenabi;

import org.vmi4j.api.event.FrameAccess;

/**
 * The numbers of access rights: {@code xenmem_access_t} of {@code public/memory.h}. In 4.20 the
 * number of {@code default} moved to make room.
 */
public final class XenMemAccess {
  private static final FrameAccess[] BY_NUMBER = {
    FrameAccess.NONE,
    FrameAccess.R,
    FrameAccess.W,
    FrameAccess.RW,
    FrameAccess.X,
    FrameAccess.RX,
    FrameAccess.WX,
    FrameAccess.RWX
  };
  private static final int RX_ONCE = 8;
  private static final int NONE_ONCE = 9;
  private static final int READ_AND_PAGING_WRITES = 10;

  private XenMemAccess() {}

  /** Returns the number of access rights. */
  public static int number(FrameAccess access) {
    for (int number = 0; number < BY_NUMBER.length; number++) {
      if (BY_NUMBER[number] == access) {
        return number;
      }
    }
    throw new AssertionError(access);
  }

  /**
   * Returns the rights of a number. The rights that Xen lifts at the first event count as those
   * before it, and the default of the domain as all.
   */
  public static FrameAccess of(int number, XenRelease release) {
    if (number >= 0 && number < BY_NUMBER.length) {
      return BY_NUMBER[number];
    }
    return switch (number) {
      case RX_ONCE -> FrameAccess.RX;
      case NONE_ONCE -> FrameAccess.NONE;
      case READ_AND_PAGING_WRITES -> release.isAtLeast(4, 20) ? FrameAccess.R : FrameAccess.RWX;
      default -> FrameAccess.RWX;
    };
  }
}
