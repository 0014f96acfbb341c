package org.vmi4j.xen.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCtrl;

/**
 * Pauses a domain. Xen counts the pauses of a domain, up to 255, so that ours adds one and takes
 * one away, and those of others, of {@code xl pause} for one, stay as they are. However many of
 * ours are open, Xen sees one.
 */
public final class XenPausing implements Pausing {
  private final XenDomain domain;
  private final Teardown teardown;
  private final Journal journal;

  /** How many pauses are open, and what ends the one that Xen sees; guarded by this. */
  private int open;

  private Teardown.Entry paused;
  private Journal.Entry recorded;

  /**
   * @param teardown ends the pauses that are open at the end
   * @param journal records that the domain is paused
   */
  public XenPausing(XenDomain domain, Teardown teardown, Journal journal) {
    this.domain = domain;
    this.teardown = teardown;
    this.journal = journal;
  }

  @Override
  public synchronized Pause pause() {
    domain.requireAlive();
    if (open == 0 || !paused.isOpen()) {
      // Refused if the domain was closed under an open pause.
      paused = teardown.change(this::stop, this::unpause);
    }
    open++;
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        end();
      }
    };
  }

  private synchronized void end() {
    if (--open == 0) {
      paused.close();
    }
  }

  private void stop() {
    recorded = journal.write(Change.Held.PAUSED);
    long result = call(LibXenCtrl::xc_domain_pause);
    if (result < 0) {
      recorded.end();
      throw domain.failure("cannot pause the processors", result);
    }
  }

  private void unpause() {
    long result = call(LibXenCtrl::xc_domain_unpause);
    if (result < 0 && !domain.isGone()) {
      throw new VmiException(
          "cannot unpause the domain "
              + domain
              + ": "
              + Errno.explain((int) -result)
              + "; run: xl unpause "
              + domain.id());
    }
    recorded.end();
  }

  /** A function of libxenctrl that takes a domain and nothing else. */
  private interface Call {
    int of(long handle, int domain);
  }

  private long call(Call call) {
    return Errno.retry(
        () -> domain.hypervisor().handle().use(handle -> call.of(handle, domain.id())));
  }
}
