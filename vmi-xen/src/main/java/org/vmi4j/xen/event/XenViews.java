package org.vmi4j.xen.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.xen.lib.LibXenAltP2m;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.XenMemAccess;
import org.vmi4j.xenabi.XenRelease;

/** Views of a domain's memory, which Xen calls altp2m: {@code HVMOP_altp2m}. */
public final class XenViews implements Views {
  /** {@code MAX_ALTP2M}; from 4.21 on the default of a domain's configuration. */
  static final int MOST = 10;

  private static final long NO_FRAME = -1;

  private final XenEventSource source;
  private final Libraries libraries;
  private final XenRelease release;
  private final Journal journal;
  private XenFrameRights rights;

  /** The rights that each view of ours began with, by its number; guarded by the session. */
  private final Map<Integer, FrameAccess> created = new TreeMap<>();

  /** Set while views are on through us. */
  private Journal.Entry recorded;

  XenViews(XenEventSource source, Libraries libraries, XenRelease release, Journal journal) {
    this.source = source;
    this.libraries = libraries;
    this.release = release;
    this.journal = journal;
  }

  /** Names what sets rights where a release cannot create a view with them. */
  void use(XenFrameRights all) {
    rights = all;
  }

  @Override
  public int limit() {
    return source.features().missing().containsKey("views") ? 1 : MOST;
  }

  @Override
  public int create(FrameAccess access) {
    Session session = session();
    synchronized (session) {
      session.requireOpen();
      if (created.size() >= MOST - 1) {
        throw new VmiException(
            "a domain has no more than " + MOST + " views with its own; destroy one");
      }
      switchOn(session);
      short[] view = new short[1];
      session.callOnViews(
          "cannot create a view",
          h ->
              LibXenAltP2m.xc_altp2m_create_view(
                  h, session.domain().id(), XenMemAccess.number(access), view));
      int number = view[0] & 0xffff;
      // Before 4.14 Xen disregards the rights that are asked for.
      boolean taken = release.isAtLeast(4, 14) || access == FrameAccess.RWX;
      created.put(number, taken ? access : FrameAccess.RWX);
      if (!taken) {
        rights.setAll(session, number, access);
      }
      return number;
    }
  }

  @Override
  public void destroy(int view) {
    Session session = session();
    synchronized (session) {
      require(session, view);
      session.callOnViews(
          "cannot destroy view " + view,
          h -> LibXenAltP2m.xc_altp2m_destroy_view(h, session.domain().id(), (short) view));
      created.remove(view);
    }
  }

  @Override
  public void switchTo(int view) {
    Session session = session();
    synchronized (session) {
      session.requireOpen();
      if (view != 0) {
        require(session, view);
      } else if (created.isEmpty()) {
        return;
      }
      change(session, view);
    }
  }

  private static void change(Session session, int view) {
    session.callOnViews(
        "cannot switch to view " + view,
        h -> LibXenAltP2m.xc_altp2m_switch_to_view(h, session.domain().id(), (short) view));
  }

  @Override
  public void remap(int view, long frame, long replacement) {
    if (frame < 0 || replacement < 0) {
      throw new IllegalArgumentException("no frames: " + frame + ", " + replacement);
    }
    change(view, frame, replacement);
  }

  @Override
  public void restore(int view, long frame) {
    change(view, frame, NO_FRAME);
  }

  private void change(int view, long frame, long replacement) {
    Session session = session();
    synchronized (session) {
      require(session, view);
      session.callOnViews(
          "cannot change the frame 0x" + Long.toHexString(frame) + " in view " + view,
          h ->
              LibXenAltP2m.xc_altp2m_change_gfn(
                  h, session.domain().id(), (short) view, frame, replacement));
    }
  }

  /**
   * Returns the rights that a view of ours began with.
   *
   * @throws VmiException if there is no such view
   */
  FrameAccess require(Session session, int view) {
    session.requireOpen();
    FrameAccess first = created.get(view);
    if (first == null) {
      throw new VmiException(
          "there is no view " + view + "; those that were created are " + created.keySet());
    }
    return first;
  }

  private Session session() {
    String why = source.features().missing().get("views");
    if (why != null) {
      throw new VmiException("there are no views here: " + why);
    }
    LibXenAltP2m.bind(libraries);
    return source.session();
  }

  /** Views are off until the first is created. A domain may have them on for itself. */
  private void switchOn(Session session) {
    if (recorded != null) {
      return;
    }
    byte[] state = new byte[1];
    session.callOnViews(
        "cannot ask for views",
        h -> LibXenAltP2m.xc_altp2m_get_domain_state(h, session.domain().id(), state));
    if (state[0] == 0) {
      recorded = journal.write(Change.Held.IN_VIEW);
      try {
        session.callOnViews(
            "cannot switch views on",
            h -> LibXenAltP2m.xc_altp2m_set_domain_state(h, session.domain().id(), 1));
      } catch (RuntimeException | Error e) {
        forget();
        throw e;
      }
    }
  }

  /** Lets all processors leave our views. */
  void leave(Session session) {
    if (!created.isEmpty()) {
      change(session, 0);
    }
  }

  /** Destroys our views, and switches views off if they were. */
  void end(Session session) {
    Failures failures = new Failures();
    for (int view : List.copyOf(created.keySet())) {
      failures.collect(
          () ->
              session.callOnViews(
                  "cannot destroy view " + view,
                  h ->
                      LibXenAltP2m.xc_altp2m_destroy_view(h, session.domain().id(), (short) view)));
    }
    created.clear();
    if (recorded != null) {
      failures.collect(
          () -> {
            session.callOnViews(
                "cannot switch views off",
                h -> LibXenAltP2m.xc_altp2m_set_domain_state(h, session.domain().id(), 0));
            forget();
          });
    }
    failures.throwAny();
  }

  /** Nothing is left to undo: it is undone, or the domain is gone. */
  void forget() {
    created.clear();
    if (recorded != null) {
      recorded.end();
      recorded = null;
    }
  }
}
