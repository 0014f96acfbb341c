package org.vmi4j.xen.event;

import java.util.concurrent.locks.LockSupport;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenAltP2m;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xen.lib.LibXenPopulate;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.event.VmEventLayout;
import org.vmi4j.xenabi.event.VmEventSlot;

/**
 * Brings back a domain whose monitor was killed. To end the monitoring wakes the processors that
 * wait for room in the ring, but not those that wait for an answer: each gets one that it did not
 * ask for, in a new ring. A processor that waits for none disregards it.
 */
public final class XenEventRecovery implements EventRecovery {
  private static final int ATTEMPTS = 1000;
  private static final long PAUSE = 1_000_000;

  private final XenDomain domain;
  private final Libraries libraries;
  private final XenEventSource source;

  /**
   * @param source of the same domain, whose channel must be closed
   */
  public XenEventRecovery(XenDomain domain, Libraries libraries, XenEventSource source) {
    this.domain = domain;
    this.libraries = libraries;
    this.source = source;
  }

  /** Asks by letting Xen read the responses in the ring, which it refuses where there is none. */
  @Override
  public boolean isMonitored() {
    LibXenMonitor.bind(libraries);
    Session session = new Session(domain);
    long result = session.attempt(h -> LibXenMonitor.xc_monitor_resume(h, domain.id()));
    if (result < 0 && result != -Errno.ENODEV) {
      throw session.failure("cannot ask whether somebody monitors the domain", result);
    }
    return result >= 0;
  }

  @Override
  public void releaseVcpus() {
    source.requireNoChannel();
    Session session = new Session(domain);
    session.requireRunning();
    if (isMonitored()) {
      session.call(
          "cannot end the monitoring", h -> LibXenMonitor.xc_monitor_disable(h, domain.id()));
    }
    VmEventLayout layout = source.layout();
    MonitorRing mapped = MonitorRing.open(session, libraries, layout);
    try {
      answerAll(mapped, new VmEventSlot(layout));
    } finally {
      try {
        mapped.disable(() -> {});
      } finally {
        mapped.release();
      }
    }
  }

  @Override
  public void undo(Change change) {
    Session session = new Session(domain);
    if (change == Change.Held.MONITORED) {
      releaseVcpus();
    } else if (change == Change.Held.IN_VIEW) {
      switchViewsOff(session);
    } else if (change == Change.Held.PAUSED) {
      unpause(session);
    } else if (change instanceof Change.AddedFrame added) {
      removeFrame(session, added.number());
    } else {
      throw new IllegalArgumentException("not a change of the hypervisor's: " + change);
    }
  }

  private void switchViewsOff(Session session) {
    LibXenAltP2m.bind(libraries);
    byte[] state = new byte[1];
    session.requireRunning();
    long result =
        session.attempt(h -> LibXenAltP2m.xc_altp2m_get_domain_state(h, domain.id(), state));
    // Without views here, none can be left on.
    if (result >= 0 && state[0] != 0) {
      session.callOnViews(
          "cannot switch views off",
          h -> LibXenAltP2m.xc_altp2m_set_domain_state(h, domain.id(), 0));
    }
  }

  private void unpause(Session session) {
    long result = session.attempt(h -> LibXenCtrl.xc_domain_unpause(h, domain.id()));
    // Xen refuses it where nothing is paused.
    if (result < 0 && result != -Errno.EINVAL) {
      throw session.failure("cannot unpause the domain", result);
    }
  }

  private void removeFrame(Session session, long frame) {
    LibXenPopulate.bind(libraries);
    long allowed = domain.requireRunning().maxPages();
    long[] frames = {frame};
    long result =
        session.attempt(
            h -> LibXenPopulate.xc_domain_decrease_reservation_exact(h, domain.id(), 1, 0, frames));
    // Xen refuses it where there is no such frame.
    if (result < 0 && result != -Errno.EINVAL) {
      throw session.failure("cannot take the frame 0x" + Long.toHexString(frame), result);
    }
    if (result >= 0) {
      XenGuestFrames.setMost(session, allowed - 1);
    }
  }

  private void answerAll(MonitorRing mapped, VmEventSlot slot) {
    int vcpus = domain.info().allVcpus();
    for (int vcpu = 0; vcpu < vcpus; vcpu++) {
      slot.release(vcpu);
      mapped.ring().put(slot.bytes());
      if ((vcpu + 1) % mapped.ring().slots() == 0 || vcpu + 1 == vcpus) {
        mapped.ring().publish();
        mapped.port().ring();
        awaitRead(mapped);
      }
    }
  }

  private void awaitRead(MonitorRing mapped) {
    for (int attempt = 0; !mapped.ring().isRead(); attempt++) {
      if (attempt == ATTEMPTS) {
        throw new VmiException(
            "Xen does not read the answers to the events of the domain " + domain);
      }
      LockSupport.parkNanos(PAUSE);
    }
  }
}
