package org.vmi4j.xen.event;

import java.util.function.LongUnaryOperator;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;

/**
 * The time during which a domain is monitored, and its calls of the hypervisor. Whoever changes the
 * domain or touches the ring holds the monitor of this object, so that the end of the JVM can undo
 * everything in between. Once the domain has ended or crashed no call is made any more: Xen 4.17
 * itself crashed when a view of such a domain was changed.
 */
final class Session {
  private final XenDomain domain;
  private boolean closed;
  private boolean over;

  Session(XenDomain domain) {
    this.domain = domain;
  }

  XenDomain domain() {
    return domain;
  }

  /**
   * Does nothing as long as it lasts.
   *
   * @throws VmGoneException if the domain has ended
   * @throws VmiException if it was closed
   */
  synchronized void requireOpen() {
    if (over || domain.isKnownGone()) {
      over = true;
      domain.requireAlive();
      domain.requireRunning();
      throw new VmGoneException("the domain " + domain + " has ended while it was monitored");
    }
    if (closed) {
      throw new VmiException("the channel of events is closed; open it again");
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void close() {
    closed = true;
  }

  /** Whether the domain has ended, as far as is known. */
  synchronized boolean isOver() {
    return over || domain.isKnownGone();
  }

  /**
   * Asks the hypervisor for the state of the domain.
   *
   * @throws VmGoneException if it does not run any more; this is over then
   */
  synchronized void requireRunning() {
    try {
      domain.requireRunning();
    } catch (VmGoneException e) {
      over = true;
      throw e;
    }
  }

  /** Makes a call; returns its result, or the error number, negative. */
  long attempt(LongUnaryOperator call) {
    return Errno.retry(() -> domain.hypervisor().handle().use(call));
  }

  /**
   * Makes a call that must succeed.
   *
   * @param what the operation, as in {@code "cannot monitor CPUID"}
   */
  long call(String what, LongUnaryOperator call) {
    long result = attempt(call);
    if (result < 0) {
      throw failure(what, result);
    }
    return result;
  }

  /** Makes a call that concerns views, after asking for the state of the domain. */
  long callOnViews(String what, LongUnaryOperator call) {
    requireRunning();
    return call(what, call);
  }

  /** Creates the error for a call that failed: that the domain has ended, if it has. */
  VmiException failure(String what, long result) {
    requireRunning();
    return domain.failure(what, result);
  }
}
