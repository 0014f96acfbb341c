package org.vmi4j.xen.lib;

import java.util.List;

/** Xen's library for event channels ({@code xenevtchn.h}). Its interface is stable. */
public final class LibXenEvtchn {
  private LibXenEvtchn() {}

  public static void bind(Libraries libraries) {
    libraries.bind(
        LibXenEvtchn.class, "libxenevtchn1", List.of("libxenevtchn.so.1", "libxenevtchn.so"));
  }

  /** Opens the device for event channels; 0 if that fails. */
  public static native long xenevtchn_open(long logger, int flags);

  public static native int xenevtchn_close(long handle);

  /** The descriptor that is readable while an event is pending. */
  public static native int xenevtchn_fd(long handle);

  /** Connects to a port of another domain; returns the port of this one. */
  public static native int xenevtchn_bind_interdomain(long handle, int domain, int remotePort);

  public static native int xenevtchn_unbind(long handle, int port);

  public static native int xenevtchn_notify(long handle, int port);

  /** Takes a port with an event, which is masked until {@link #xenevtchn_unmask}; waits for one. */
  public static native int xenevtchn_pending(long handle);

  public static native int xenevtchn_unmask(long handle, int port);
}
