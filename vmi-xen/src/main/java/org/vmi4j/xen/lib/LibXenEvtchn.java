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
}
