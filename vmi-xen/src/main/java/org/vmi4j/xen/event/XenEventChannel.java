package org.vmi4j.xen.event;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.event.VmEventLayout;
import org.vmi4j.xenabi.event.VmEventSlot;

/** Xen's events of one domain, and all that was done to the domain for their sake. */
final class XenEventChannel implements EventChannel {
  private final Session session;
  private final Journal journal;
  private final MonitorRing mapped;
  private final Monitors monitors;
  private final Steps steps;
  private final Injection injection;
  private final EventLoop loop;
  private final XenFrameRights rights;
  private final XenViews views;
  private final XenGuestFrames frames;
  private final Journal.Entry recorded;
  private Teardown.Entry entry;

  /**
   * Switches monitoring on.
   *
   * @param architecture that of the guest
   * @throws org.vmi4j.api.VmiException if the domain is monitored already, or cannot be
   */
  XenEventChannel(
      Session session,
      Libraries libraries,
      VmEventLayout layout,
      Architecture architecture,
      EventFeatures features,
      WritableVcpus vcpus,
      Journal journal,
      XenFrameRights rights,
      XenViews views,
      XenGuestFrames frames) {
    this.session = session;
    this.journal = journal;
    this.rights = rights;
    this.views = views;
    this.frames = frames;
    int count = session.domain().info().allVcpus();
    VmEventSlot slot = new VmEventSlot(layout);
    EventDecoder decoder = new EventDecoder(slot, architecture);
    this.steps = new Steps(session, count);
    this.monitors = new Monitors(session, libraries, features, steps);
    this.injection = new Injection(session, libraries);
    ResponseEncoder encoder =
        new ResponseEncoder(
            slot, decoder.registers(), features, steps, injection, vcpus, XenViews.MOST);
    this.recorded = journal.write(Change.Held.MONITORED);
    try {
      this.mapped = MonitorRing.open(session, libraries, layout);
    } catch (RuntimeException | Error e) {
      recorded.end();
      throw e;
    }
    this.loop = new EventLoop(session, mapped, slot, decoder, encoder, steps, count);
  }

  /** Names the entry on the machine's stack that undoes this. */
  void own(Teardown.Entry undo) {
    entry = undo;
  }

  Session session() {
    return session;
  }

  @Override
  public void enable(Monitor monitor) {
    Objects.requireNonNull(monitor);
    synchronized (session) {
      session.requireOpen();
      monitors.enable(monitor);
    }
  }

  @Override
  public void disable(Monitor monitor) {
    Objects.requireNonNull(monitor);
    synchronized (session) {
      session.requireOpen();
      monitors.disable(monitor);
    }
  }

  @Override
  public int receive(Handler handler, Duration timeout) {
    Objects.requireNonNull(handler);
    return loop.receive(handler, timeout);
  }

  @Override
  public void wakeUp() {
    synchronized (session) {
      if (!session.isClosed()) {
        mapped.port().wakeUp();
      }
    }
  }

  @Override
  public void close() {
    entry.close();
  }

  /**
   * Undoes everything, in an order in which no event comes after the last answer, and no step
   * depends on what an earlier one has undone. Called once, in any thread.
   */
  void undo() {
    Failures failures = new Failures();
    synchronized (session) {
      // From here on the receiver takes nothing, and nobody changes anything.
      session.close();
      boolean left = loop.stopWaiting();
      if (isRunning(failures)) {
        restoreGuest(failures);
      }
      if (session.isOver()) {
        List.<Runnable>of(views::forget, rights::forget, frames::forget, recorded::end)
            .forEach(failures::collect);
      }
      failures.collect(injection::close);
      if (left) {
        failures.collect(mapped::release);
      }
    }
    failures.throwAny();
  }

  private void restoreGuest(Failures failures) {
    Optional<Journal.Entry> pause = pause(failures);
    List<Runnable> inOrder =
        List.of(
            loop::releaseAll,
            () -> views.leave(session),
            () -> rights.lift(session),
            monitors::end,
            steps::end,
            loop::releaseAll,
            () -> views.end(session),
            () -> frames.end(session),
            this::disable);
    for (Runnable step : inOrder) {
      if (!session.isOver()) {
        failures.collect(() -> whileRunning(step));
      }
    }
    if (pause.isPresent() && !session.isOver()) {
      failures.collect(() -> whileRunning(() -> unpause(pause.get())));
    }
    if (pause.isPresent() && session.isOver()) {
      pause.get().end();
    }
  }

  private void disable() {
    mapped.disable(loop::releaseAll);
    recorded.end();
  }

  /** A pause of its own: this may be the end of the machine's stack, which takes no new entry. */
  private Optional<Journal.Entry> pause(Failures failures) {
    try {
      Journal.Entry record = journal.write(Change.Held.PAUSED);
      long result = session.attempt(h -> LibXenCtrl.xc_domain_pause(h, session.domain().id()));
      if (result >= 0) {
        return Optional.of(record);
      }
      record.end();
    } catch (VmiException notRecorded) {
      failures.add(notRecorded);
    }
    return Optional.empty();
  }

  private void unpause(Journal.Entry pause) {
    session.call(
        "cannot unpause the domain", h -> LibXenCtrl.xc_domain_unpause(h, session.domain().id()));
    pause.end();
  }

  /** That the domain ended meanwhile is no failure: nothing is left to undo. */
  private static void whileRunning(Runnable step) {
    try {
      step.run();
    } catch (VmGoneException nothingLeft) {
      // The session is over from here on.
    }
  }

  private boolean isRunning(Failures failures) {
    if (session.isOver()) {
      return false;
    }
    try {
      session.requireRunning();
      return true;
    } catch (VmGoneException e) {
      return false;
    } catch (RuntimeException e) {
      failures.add(e);
      return false;
    }
  }
}
