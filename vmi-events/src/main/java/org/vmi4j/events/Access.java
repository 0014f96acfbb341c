package org.vmi4j.events;

import java.util.Set;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.MemoryAccessEvent;

/** A kind of access to memory. */
public enum Access {
  /** Data is read. */
  READ,
  /** Data is written. */
  WRITE,
  /** An instruction is fetched. */
  EXECUTE;

  /**
   * Returns the rights with which these accesses are reported and as few others as possible. A
   * frame that may not be read may not be written either: Intel's EPT has no other (Intel SDM
   * volume 3C, 29.3.3.1).
   */
  static FrameAccess rightsWithout(Set<Access> reported) {
    boolean read = !reported.contains(READ);
    return FrameAccess.of(read, read && !reported.contains(WRITE), !reported.contains(EXECUTE));
  }

  /** Returns whether an event is one of these accesses. */
  static boolean matches(Set<Access> reported, MemoryAccessEvent event) {
    return event.read() && reported.contains(READ)
        || event.write() && reported.contains(WRITE)
        || event.execute() && reported.contains(EXECUTE);
  }
}
