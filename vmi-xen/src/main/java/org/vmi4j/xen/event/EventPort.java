package org.vmi4j.xen.event;

import com.sun.jna.Native;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.LibXenEvtchn;
import org.vmi4j.xen.lib.Libraries;

/**
 * The bell between Xen and a program: a port of an event channel, and a second descriptor by which
 * other threads wake the one that waits. Allocates nothing after its creation.
 */
final class EventPort implements AutoCloseable {
  /** The port rang, or may have. */
  static final int RANG = 1;

  /** Somebody called {@link #wakeUp}. */
  static final int WOKEN = 2;

  private static final int DESCRIPTORS = 2;
  private static final long[] ONE = {1};

  private final long handle;
  private final int port;
  private final int wake;
  private final int[] polled = new int[2 * DESCRIPTORS];
  private final long[] count = new long[1];

  private EventPort(long handle, int port, int wake) {
    this.handle = handle;
    this.port = port;
    this.wake = wake;
    polled[0] = LibXenEvtchn.xenevtchn_fd(handle);
    polled[2] = wake;
  }

  /**
   * Connects to a port of a domain.
   *
   * @throws VmiException if the device for event channels is missing or refuses
   */
  static EventPort open(Libraries libraries, int domain, int remotePort) {
    LibXenEvtchn.bind(libraries);
    long handle = LibXenEvtchn.xenevtchn_open(0, 0);
    if (handle == 0) {
      throw new VmiException(
          "cannot open the event channels, /dev/xen/evtchn: "
              + Errno.explainOpen(Native.getLastError()));
    }
    long port =
        Errno.retry(() -> LibXenEvtchn.xenevtchn_bind_interdomain(handle, domain, remotePort));
    if (port < 0) {
      LibXenEvtchn.xenevtchn_close(handle);
      throw Errno.failure("cannot connect to the event channel of the domain", port);
    }
    int wake = LibC.eventfd(0, LibC.EFD_CLOEXEC);
    if (wake < 0) {
      int errno = Native.getLastError();
      LibXenEvtchn.xenevtchn_close(handle);
      throw Errno.failure("cannot create an event", -errno);
    }
    return new EventPort(handle, (int) port, wake);
  }

  /**
   * Waits until the port rings, somebody wakes this thread, or the time is over.
   *
   * @return {@link #RANG} and {@link #WOKEN}, or 0 after the time or a signal
   */
  int await(int milliseconds) {
    polled[1] = LibC.POLLIN;
    polled[3] = LibC.POLLIN;
    if (LibC.poll(polled, DESCRIPTORS, milliseconds) <= 0) {
      return 0;
    }
    int ready = isReady(1) ? RANG : 0;
    if (isReady(3)) {
      ready |= WOKEN;
      LibC.read(wake, count, Long.BYTES);
    }
    return ready;
  }

  /** The upper half of the word is {@code revents}. */
  private boolean isReady(int word) {
    return polled[word] >>> Short.SIZE != 0;
  }

  /** Takes the ring that {@link #await} reported; no other one comes until {@link #unmask}. */
  void take() {
    LibXenEvtchn.xenevtchn_pending(handle);
  }

  void unmask() {
    LibXenEvtchn.xenevtchn_unmask(handle, port);
  }

  /** Lets Xen read the responses in the ring. */
  void ring() {
    LibXenEvtchn.xenevtchn_notify(handle, port);
  }

  void wakeUp() {
    LibC.write(wake, ONE, Long.BYTES);
  }

  @Override
  public void close() {
    LibXenEvtchn.xenevtchn_unbind(handle, port);
    LibXenEvtchn.xenevtchn_close(handle);
    LibC.close(wake);
  }
}
