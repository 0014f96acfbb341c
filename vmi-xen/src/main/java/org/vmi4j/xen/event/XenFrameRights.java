package org.vmi4j.xen.event;

import java.util.Arrays;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenAltP2m;
import org.vmi4j.xen.lib.LibXenMemAccess;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.XenMemAccess;
import org.vmi4j.xenabi.XenRelease;

/** Rights of a domain's frames: {@code XENMEM_access_op}, and the like of its views. */
public final class XenFrameRights implements FrameRights {
  private static final int MOST_AT_ONCE = 1 << 30;
  private static final int MOST_IN_A_LIST = 4096;

  private final XenEventSource source;
  private final XenViews views;
  private final Libraries libraries;
  private final XenRelease release;

  /** The frames with fewer rights in the machine's own view; guarded by the session. */
  private final FrameRanges restricted = new FrameRanges();

  XenFrameRights(XenEventSource source, XenViews views, Libraries libraries, XenRelease release) {
    this.source = source;
    this.views = views;
    this.libraries = libraries;
    this.release = release;
  }

  @Override
  public void set(int view, long first, long count, FrameAccess access) {
    check(first, count, access);
    Session session = session();
    synchronized (session) {
      session.requireOpen();
      long end = Math.min(first + count, end(session));
      if (view != 0) {
        views.require(session, view);
        setInView(session, view, first, end, access);
        return;
      }
      if (access != FrameAccess.RWX && end > first) {
        // Before it is done: what fails halfway is undone too.
        restricted.add(first, end - first);
      }
      setInMachine(session, first, end, access);
      if (access == FrameAccess.RWX) {
        restricted.remove(first, count);
      }
    }
  }

  private static void check(long first, long count, FrameAccess access) {
    if (first < 0 || count < 0 || first > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException("no frames: " + count + " from " + first);
    }
    if (access.write() && !access.read() && Hypervisor.hostArchitecture() == Architecture.X86_64) {
      throw new IllegalArgumentException(
          "the processor has no frames that may be written and not read; use none or r instead of "
              + access);
    }
  }

  private Session session() {
    if (!source.features().kinds().contains(EventKind.MEMORY_ACCESS)) {
      throw new VmiException(
          "the rights of frames cannot be set here: "
              + source.features().missing().get(EventKind.MEMORY_ACCESS.toString()));
    }
    return source.session();
  }

  /** The number after that of the last frame. */
  static long end(Session session) {
    long last = session.domain().hypervisor().lastFrame(session.domain().id());
    if (last < 0) {
      throw session.failure("cannot determine the last frame", last);
    }
    return last + 1;
  }

  /** A range in which frames are absent is halved, until each part is present or one frame. */
  private void setInMachine(Session session, long first, long end, FrameAccess access) {
    long at = first;
    while (at < end) {
      int count = (int) Math.min(end - at, MOST_AT_ONCE);
      long start = at;
      long result =
          session.attempt(
              h ->
                  LibXenMemAccess.xc_set_mem_access(
                      h, session.domain().id(), XenMemAccess.number(access), start, count));
      if (result == -Errno.ESRCH && count > 1) {
        session.requireRunning();
        setInMachine(session, at, at + count / 2, access);
        setInMachine(session, at + count / 2, at + count, access);
      } else if (result < 0 && result != -Errno.ESRCH) {
        throw session.failure(
            "cannot set the rights of frames from 0x" + Long.toHexString(at), result);
      }
      at += count;
    }
  }

  /** Sets the rights of all frames in a view. */
  void setAll(Session session, int view, FrameAccess access) {
    setInView(session, view, 0, end(session), access);
  }

  private void setInView(Session session, int view, long first, long end, FrameAccess access) {
    byte[] rights = new byte[MOST_IN_A_LIST];
    Arrays.fill(rights, (byte) XenMemAccess.number(access));
    long[] frames = new long[MOST_IN_A_LIST];
    for (long at = first; at < end; at += MOST_IN_A_LIST) {
      int count = (int) Math.min(end - at, MOST_IN_A_LIST);
      for (int i = 0; i < count; i++) {
        frames[i] = at + i;
      }
      if (count == 1
          || !release.isAtLeast(4, 11)
          || !setList(session, view, rights, frames, count)) {
        for (int i = 0; i < count; i++) {
          setOne(session, view, frames[i], access);
        }
      }
    }
  }

  /** Returns whether it is done; a frame that is absent ends it in some releases. */
  private boolean setList(Session session, int view, byte[] rights, long[] frames, int count) {
    LibXenAltP2m.Multi.bind(libraries);
    session.requireRunning();
    long result =
        session.attempt(
            h ->
                LibXenAltP2m.Multi.xc_altp2m_set_mem_access_multi(
                    h, session.domain().id(), (short) view, rights, frames, count));
    if (result < 0 && result != -Errno.ESRCH) {
      throw session.failure("cannot set the rights of frames in view " + view, result);
    }
    return result >= 0;
  }

  private static void setOne(Session session, int view, long frame, FrameAccess access) {
    session.requireRunning();
    long result =
        session.attempt(
            h ->
                LibXenAltP2m.xc_altp2m_set_mem_access(
                    h, session.domain().id(), (short) view, frame, XenMemAccess.number(access)));
    if (result < 0 && result != -Errno.ESRCH) {
      throw session.failure("cannot set the rights of a frame in view " + view, result);
    }
  }

  @Override
  public FrameAccess get(int view, long frame) {
    Session session = session();
    synchronized (session) {
      session.requireOpen();
      int[] access = new int[1];
      if (view == 0) {
        session.call(
            "cannot read the rights of the frame 0x" + Long.toHexString(frame),
            h -> LibXenMemAccess.xc_get_mem_access(h, session.domain().id(), frame, access));
        return XenMemAccess.of(access[0], release);
      }
      FrameAccess untouched = views.require(session, view);
      LibXenAltP2m.Get.bind(libraries);
      session.requireRunning();
      long result =
          session.attempt(
              h ->
                  LibXenAltP2m.Get.xc_altp2m_get_mem_access(
                      h, session.domain().id(), (short) view, frame, access));
      if (result == -Errno.ESRCH) {
        // Xen has not copied the frame into the view yet.
        return untouched;
      }
      if (result < 0) {
        throw session.failure("cannot read the rights of a frame in view " + view, result);
      }
      return XenMemAccess.of(access[0], release);
    }
  }

  /** Lifts all restrictions in the machine's own view; those of others end with them. */
  void lift(Session session) {
    Failures failures = new Failures();
    for (FrameRanges.Range range : restricted.all()) {
      failures.collect(
          () ->
              setInMachine(session, range.first(), range.first() + range.count(), FrameAccess.RWX));
    }
    restricted.clear();
    failures.throwAny();
  }

  /** Nothing is left to undo: the domain is gone. */
  void forget() {
    restricted.clear();
  }
}
