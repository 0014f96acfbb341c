package org.vmi4j.xen.event;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventChannel.Handler;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.lifecycle.Failures;
import org.vmi4j.xenabi.event.VmEventReason;
import org.vmi4j.xenabi.event.VmEventRing;
import org.vmi4j.xenabi.event.VmEventSlot;

/**
 * Takes requests from a ring and puts responses there. One thread receives; another one may end it
 * at any moment, also while a handler runs: the request that the handler has is answered then, and
 * what the handler answers later is dropped. The ring and the port are touched only under the
 * monitor of the session, and as long as it is open.
 */
final class EventLoop {
  /** From so many processors on, one of them may wait for room while others are answered. */
  private static final int MANY_VCPUS = 7;

  /** A guest that makes events without end must not keep the receiver here. */
  private static final int MOST_AT_ONCE = 1024;

  /** How long to wait before the domain's state is asked for. */
  private static final long SLICE = TimeUnit.SECONDS.toNanos(1);

  private static final Duration LONGEST = Duration.ofDays(365);

  private final Session session;
  private final VmEventRing ring;
  private final EventPort port;
  private final VmEventSlot slot;
  private final EventDecoder decoder;
  private final ResponseEncoder encoder;
  private final Steps steps;
  private final int vcpus;

  /** What the receiver throws next; touched by the receiver only. */
  private Failures failures = new Failures();

  /** Whether the request in the slot is to be answered; guarded by the session, as all below. */
  private boolean unanswered;

  private boolean unpublished;
  private boolean waiting;

  EventLoop(
      Session session,
      MonitorRing mapped,
      VmEventSlot slot,
      EventDecoder decoder,
      ResponseEncoder encoder,
      Steps steps,
      int vcpus) {
    this.session = session;
    this.ring = mapped.ring();
    this.port = mapped.port();
    this.slot = slot;
    this.decoder = decoder;
    this.encoder = encoder;
    this.steps = steps;
    this.vcpus = vcpus;
  }

  /** As {@link org.vmi4j.api.event.EventChannel#receive}. */
  int receive(Handler handler, Duration timeout) {
    session.requireOpen();
    long left = timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
    long deadline = System.nanoTime() + left;
    int count = drain(handler);
    boolean woken = false;
    while (count == 0 && failures.isEmpty() && !woken && left > 0 && beginWait()) {
      int ready;
      try {
        ready = port.await(milliseconds(Math.min(left, SLICE)));
      } finally {
        endWait();
      }
      if ((ready & EventPort.RANG) != 0) {
        count = drainAfterRing(handler);
      } else if (ready == 0) {
        session.requireRunning();
        count = drain(handler);
      }
      woken = (ready & EventPort.WOKEN) != 0;
      left = deadline - System.nanoTime();
    }
    throwFailures();
    if (session.isOver()) {
      session.requireOpen();
    }
    return count;
  }

  private void throwFailures() {
    if (!failures.isEmpty()) {
      Failures thrown = failures;
      failures = new Failures();
      thrown.throwAny();
    }
  }

  /** Rounded up, so that the rest of a millisecond is waited for and not spent looking. */
  private static int milliseconds(long nanos) {
    return (int) ((nanos + 999_999) / 1_000_000);
  }

  private boolean beginWait() {
    synchronized (session) {
      waiting = !session.isClosed();
      return waiting;
    }
  }

  private void endWait() {
    synchronized (session) {
      waiting = false;
      session.notifyAll();
    }
  }

  private int drainAfterRing(Handler handler) {
    synchronized (session) {
      if (!session.isClosed()) {
        port.take();
      }
    }
    try {
      return drain(handler);
    } finally {
      synchronized (session) {
        if (!session.isClosed()) {
          // Only now: what came until here was taken already.
          port.unmask();
        }
      }
    }
  }

  /** Answers all requests that are there; returns how many. */
  private int drain(Handler handler) {
    int count = 0;
    Response answer = null;
    while (true) {
      synchronized (session) {
        if (answer != null && unanswered) {
          encode(answer);
          unanswered = false;
          put(slot);
        }
        if (session.isClosed()) {
          return count;
        }
        if (count == MOST_AT_ONCE || !takeSound()) {
          publish();
          return count;
        }
      }
      count++;
      answer = ask(handler);
    }
  }

  /** Takes the next request that makes sense, and answers those before it that make none. */
  private boolean takeSound() {
    while (take(slot)) {
      if (isSound(slot)) {
        unanswered = true;
        return true;
      }
      slot.respond(0);
      put(slot);
      failures.add(unsound());
    }
    return false;
  }

  private boolean take(VmEventSlot into) {
    while (!ring.take(into.bytes())) {
      publish();
      if (!ring.awaitNext()) {
        return false;
      }
    }
    if (into.reason() == VmEventReason.SINGLESTEP && isSound(into)) {
      steps.reported(into.vcpu());
    }
    return true;
  }

  private boolean isSound(VmEventSlot request) {
    return request.version() == request.layout().version()
        && request.vcpu() >= 0
        && request.vcpu() < vcpus;
  }

  private VmiException unsound() {
    return new VmiException(
        "Xen sent a request of version "
            + slot.version()
            + " of its interface for events and of processor "
            + Integer.toUnsignedString(slot.vcpu())
            + ", where version "
            + slot.layout().version()
            + " and one of "
            + vcpus
            + " processors was expected; it was answered, and no handler saw it");
  }

  /** Returns what the handler answers; that the processor goes on, if it throws. */
  private Response ask(Handler handler) {
    try {
      return Objects.requireNonNull(
          handler.onEvent(decoder.decode()), "the handler answered an event with null");
    } catch (RuntimeException | Error e) {
      failures.add(e);
      return Response.resume();
    }
  }

  private void encode(Response response) {
    try {
      encoder.encode(response);
    } catch (RuntimeException e) {
      failures.add(e);
      resume(slot, failures);
    }
  }

  /** Lets the processor of a request go on, and step no longer. */
  private void resume(VmEventSlot request, Failures into) {
    int flags = 0;
    if (request.isWaiting() && isSound(request)) {
      try {
        flags = steps.toggle(request.vcpu(), false);
      } catch (RuntimeException e) {
        into.add(e);
      }
    }
    request.respond(flags);
  }

  private void put(VmEventSlot response) {
    ring.put(response.bytes());
    unpublished = true;
    if (vcpus >= MANY_VCPUS) {
      publish();
    }
  }

  private void publish() {
    if (unpublished) {
      unpublished = false;
      ring.publish();
      port.ring();
    }
  }

  /**
   * Answers everything by letting the processors go on; called by whoever ends the session. The
   * event that a handler has stays as it is for that handler.
   */
  void releaseAll() {
    Failures ofThis = new Failures();
    synchronized (session) {
      if (unanswered) {
        unanswered = false;
        resume(slot, ofThis);
        put(slot);
      }
      VmEventSlot other = new VmEventSlot(slot.layout());
      while (take(other)) {
        resume(other, ofThis);
        put(other);
      }
    }
    ofThis.throwAny();
  }

  /**
   * Lets the receiver leave its wait.
   *
   * @return whether it has left, so that the port may be closed
   */
  boolean stopWaiting() {
    synchronized (session) {
      long deadline = System.nanoTime() + SLICE;
      boolean interrupted = false;
      port.wakeUp();
      while (waiting && deadline - System.nanoTime() > 0) {
        try {
          session.wait(milliseconds(SLICE));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return !waiting;
    }
  }
}
