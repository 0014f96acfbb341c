package org.vmi4j.events;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventChannel;

/** Receives events until it is stopped, and sees to what has to be done in between. */
final class EventLoop {
  /** How often pages of breakpoints are looked for again. */
  private static final Duration CHECK = Duration.ofMillis(100);

  private final EventChannel channel;
  private final LoopOwner owner;
  private final EventChannel.Handler handler;
  private final Hooks hooks;
  private final Counters counters;
  private final long spin;

  private long nextCheck = System.nanoTime();
  private volatile boolean stopped;

  /** Set by the owner; read by any. */
  private volatile boolean closing;

  private boolean closed;

  /** Whether the machine has ended: no call is made on it then. */
  private boolean gone;

  EventLoop(
      EventChannel channel,
      LoopOwner owner,
      Dispatcher dispatcher,
      Hooks hooks,
      Counters counters,
      Duration spin) {
    this.channel = channel;
    this.owner = owner;
    this.handler = dispatcher::answer;
    this.hooks = hooks;
    this.counters = counters;
    this.spin = spin.toNanos();
  }

  boolean isClosed() {
    return closing;
  }

  void run(Duration duration) {
    if (owner.isOwnedByMe() || !owner.beginLoop()) {
      throw new VmiException("another thread runs the loop of these events; stop it first");
    }
    try {
      if (closing) {
        throw new VmiException("the events are closed; open them again");
      }
      loop(toNanos(duration));
    } catch (VmGoneException e) {
      gone = true;
      throw e;
    } finally {
      stopped = false;
      try {
        if (closing) {
          undo();
        }
      } finally {
        owner.endLoop();
      }
    }
  }

  private static long toNanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  private void loop(long duration) {
    long start = System.nanoTime();
    long busy = start;
    owner.runPosted();
    long now = start;
    while (!stopped && !closing && now - start < duration) {
      boolean spins = now - busy < spin;
      int answered =
          channel.receive(
              handler,
              spins ? Duration.ZERO : Duration.ofNanos(patience(duration - (now - start))));
      counters.batch(answered);
      now = System.nanoTime();
      busy = answered > 0 ? now : busy;
      tend(now);
      owner.runPosted();
    }
  }

  private long patience(long left) {
    long due = hooks.steps().untilDue();
    long until = Math.min(left, CHECK.toNanos());
    return due < 0 ? until : Math.min(until, Math.max(due, TimeUnit.MILLISECONDS.toNanos(1)));
  }

  private void tend(long now) {
    hooks.steps().restoreDue();
    if (hooks.breakpoints() != null && now - nextCheck >= 0) {
      nextCheck = now + CHECK.toNanos();
      hooks.breakpoints().check();
    }
  }

  /** Returns whether the calling thread runs the loop. */
  boolean isMine() {
    return owner.isOwnedByMe();
  }

  void stop() {
    stopped = true;
    channel.wakeUp();
  }

  void close() {
    boolean insideHandler = owner.isOwnedByMe();
    owner.call(
        () -> {
          closing = true;
          if (!insideHandler) {
            undo();
          }
          return null;
        });
  }

  /**
   * Leaves the guest as it was. The channel comes last: it undoes what is left, whatever failed.
   */
  private void undo() {
    if (!closed) {
      closed = true;
      try (channel) {
        if (!gone) {
          hooks.undo();
        }
      }
    }
  }
}
