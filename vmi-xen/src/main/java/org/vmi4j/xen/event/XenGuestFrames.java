package org.vmi4j.xen.event;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenPopulate;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.memory.ForeignMemory;

/**
 * Frames of ours in a domain, behind its last one. The domain may have so much more memory while
 * they are there.
 */
public final class XenGuestFrames implements GuestFrames {
  private static final int KIB_IN_A_PAGE = 4;

  private final XenEventSource source;
  private final ForeignMemory memory;
  private final Libraries libraries;
  private final Journal journal;

  /** The record of each frame that is there; guarded by the session, as all below. */
  private final Map<Long, Journal.Entry> added = new TreeMap<>();

  /** Numbers to use again: a domain's last frame never comes down. */
  private final Deque<Long> free = new ArrayDeque<>();

  /** How many pages the domain may have without ours; -1 if that was not changed. */
  private long allowed = -1;

  XenGuestFrames(
      XenEventSource source, ForeignMemory memory, Libraries libraries, Journal journal) {
    this.source = source;
    this.memory = memory;
    this.libraries = libraries;
    this.journal = journal;
  }

  @Override
  public long add() {
    Session session = source.session();
    synchronized (session) {
      session.requireOpen();
      LibXenPopulate.bind(libraries);
      if (added.size() >= XenDomain.MOST_ADDED_FRAMES) {
        throw new VmiException(
            "no more than "
                + XenDomain.MOST_ADDED_FRAMES
                + " frames can be added to a domain; remove some");
      }
      long frame = free.isEmpty() ? XenFrameRights.end(session) : free.pop();
      Journal.Entry recorded = null;
      boolean done = false;
      try {
        allow(session, added.size() + 1);
        recorded = journal.write(new Change.AddedFrame(frame));
        long[] frames = {frame};
        long result =
            session.attempt(
                h ->
                    LibXenPopulate.xc_domain_populate_physmap_exact(
                        h, session.domain().id(), 1, 0, 0, frames));
        if (result == -Errno.ENOMEM) {
          throw new VmiException(
              "the host has no memory left for another frame of the domain " + session.domain());
        }
        if (result < 0) {
          throw session.failure("cannot add a frame", result);
        }
        added.put(frame, recorded);
        done = true;
      } finally {
        if (!done) {
          free.push(frame);
          if (recorded != null) {
            recorded.end();
          }
        }
      }
      return frame;
    }
  }

  private void allow(Session session, long pages) {
    if (allowed < 0) {
      allowed = session.domain().requireRunning().maxPages();
    }
    setMost(session, allowed + pages);
  }

  /** Sets how many pages the domain may have. */
  static void setMost(Session session, long pages) {
    session.call(
        "cannot change how much memory the domain may have",
        h -> LibXenPopulate.xc_domain_setmaxmem(h, session.domain().id(), pages * KIB_IN_A_PAGE));
  }

  @Override
  public void write(long frame, int offset, byte[] bytes) {
    Session session = source.session();
    synchronized (session) {
      session.requireOpen();
      requireAdded(frame);
      memory.write(frame, offset, bytes);
    }
  }

  @Override
  public void remove(long frame) {
    Session session = source.session();
    synchronized (session) {
      session.requireOpen();
      requireAdded(frame);
      take(session, frame);
    }
  }

  private void requireAdded(long frame) {
    if (!added.containsKey(frame)) {
      throw new VmiException("the frame 0x" + Long.toHexString(frame) + " is none that was added");
    }
  }

  private void take(Session session, long frame) {
    long[] frames = {frame};
    session.call(
        "cannot take a frame back",
        h ->
            LibXenPopulate.xc_domain_decrease_reservation_exact(
                h, session.domain().id(), 1, 0, frames));
    added.remove(frame).end();
    free.push(frame);
    setMost(session, allowed + added.size());
  }

  /** Removes all frames. */
  void end(Session session) {
    if (allowed < 0) {
      return;
    }
    Failures failures = new Failures();
    for (long frame : List.copyOf(added.keySet())) {
      failures.collect(() -> take(session, frame));
    }
    failures.collect(() -> setMost(session, allowed));
    added.clear();
    free.clear();
    allowed = -1;
    failures.throwAny();
  }

  /** Nothing is left to undo: the domain is gone. */
  void forget() {
    added.values().forEach(Journal.Entry::end);
    added.clear();
    free.clear();
    allowed = -1;
  }
}
