package org.vmi4j.xen.event;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.concurrent.locks.LockSupport;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.event.VmEventLayout;
import org.vmi4j.xenabi.event.VmEventRing;

/** The ring of a domain, mapped, with its port. A domain has one at a time. */
final class MonitorRing {
  private static final int ATTEMPTS = 100;
  private static final long PAUSE = 1_000_000;

  private final Session session;
  private final long address;
  private final VmEventRing ring;
  private final EventPort port;

  private MonitorRing(Session session, long address, VmEventRing ring, EventPort port) {
    this.session = session;
    this.address = address;
    this.ring = ring;
    this.port = port;
  }

  /**
   * Switches monitoring on.
   *
   * @throws VmiException if the domain is monitored already, or cannot be
   */
  static MonitorRing open(Session session, Libraries libraries, VmEventLayout layout) {
    int domain = session.domain().id();
    int[] remote = new int[1];
    long address =
        session
            .domain()
            .hypervisor()
            .handle()
            .use(handle -> LibXenMonitor.xc_monitor_enable(handle, domain, remote));
    if (address == 0) {
      throw refusal(session, Math.max(1, Native.getLastError()));
    }
    try {
      VmEventRing ring =
          new VmEventRing(new Pointer(address).getByteBuffer(0, VmEventRing.PAGE), layout.size());
      ring.initialize();
      return new MonitorRing(session, address, ring, EventPort.open(libraries, domain, remote[0]));
    } catch (RuntimeException | Error e) {
      session.attempt(handle -> LibXenMonitor.xc_monitor_disable(handle, domain));
      LibC.munmap(address, VmEventRing.PAGE);
      throw e;
    }
  }

  private static VmiException refusal(Session session, int errno) {
    if (errno == Errno.EBUSY) {
      return new VmiException(
          "the domain "
              + session.domain()
              + " is monitored by another program, or was by one that was killed: EBUSY; end that"
              + " program, or recover the domain if there is none");
    }
    return session.failure("cannot monitor the events", -errno);
  }

  VmEventRing ring() {
    return ring;
  }

  EventPort port() {
    return port;
  }

  /**
   * Switches monitoring off. While processors wait for room in the ring Xen refuses it; then they
   * are answered, and it is tried again.
   *
   * @param drain answers all that is in the ring
   */
  void disable(Runnable drain) {
    int domain = session.domain().id();
    for (int attempt = 1; ; attempt++) {
      long result = session.attempt(handle -> LibXenMonitor.xc_monitor_disable(handle, domain));
      if (result >= 0) {
        return;
      }
      if (result != -Errno.EBUSY || attempt == ATTEMPTS) {
        throw session.failure("cannot end the monitoring", result);
      }
      drain.run();
      LockSupport.parkNanos(PAUSE);
    }
  }

  /** Unmaps the ring and lets the port go; nothing of them may be used afterwards. */
  void release() {
    LibC.munmap(address, VmEventRing.PAGE);
    port.close();
  }
}
