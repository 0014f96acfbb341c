package org.vmi4j.xen.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCtrl;

/**
 * Pauses a domain. Xen counts the pauses of a domain, up to 255, so that ours adds one and takes
 * one away, and those of others, of {@code xl pause} for one, stay as they are. However many of
 * ours are open, Xen sees one.
 */
public final class XenPausing implements Pausing, AutoCloseable {
  private final XenDomain domain;
  private final Thread atExit = new Thread(this::close, "vmi4j-unpause");

  private int open;
  private boolean closed;

  public XenPausing(XenDomain domain) {
    this.domain = domain;
  }

  @Override
  public synchronized Pause pause() {
    if (closed) {
      throw new VmiException("the domain " + domain + " is closed; open it again");
    }
    domain.requireAlive();
    if (open == 0) {
      begin();
    }
    open++;
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        end();
      }
    };
  }

  private void begin() {
    try {
      // First, so that there is no moment at which the JVM could end and leave the domain paused.
      Runtime.getRuntime().addShutdownHook(atExit);
    } catch (IllegalStateException e) {
      throw new VmiException("the domain " + domain + " is not paused: this JVM is ending", e);
    }
    long result = call(LibXenCtrl::xc_domain_pause);
    if (result < 0) {
      removeHook();
      throw domain.failure("cannot pause the processors", result);
    }
  }

  private synchronized void end() {
    if (open > 0 && --open == 0) {
      removeHook();
      unpause();
    }
  }

  /** Ends every pause that is still open. */
  @Override
  public synchronized void close() {
    closed = true;
    if (open > 0) {
      open = 0;
      removeHook();
      unpause();
    }
  }

  private void unpause() {
    long result = call(LibXenCtrl::xc_domain_unpause);
    if (result < 0 && !domain.isGone()) {
      throw domain.failure("cannot let go on (xl unpause does) the processors", result);
    }
  }

  /** A function of libxenctrl that takes a domain and nothing else. */
  private interface Call {
    int of(long handle, int domain);
  }

  private long call(Call call) {
    return Errno.retry(
        () -> domain.hypervisor().handle().use(handle -> call.of(handle, domain.id())));
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is on its way out: the hook finds nothing open and does nothing.
    }
  }
}
