package org.vmi4j.xen.lib;

import java.util.List;

/**
 * Xen's library that makes hypercalls ({@code xencall.h}), the base of Xen's other libraries. Its
 * interface is stable.
 */
public final class LibXenCall {
  /** The hypercall that describes the hypervisor, {@code xen.h}. */
  public static final int XEN_VERSION = 17;

  /** Its command for the release, {@code version.h}: the major number in the upper 16 bits. */
  public static final long VERSION = 0;

  private LibXenCall() {}

  public static void bind(Libraries libraries) {
    libraries.bind(LibXenCall.class, "libxencall1", List.of("libxencall.so.1", "libxencall.so"));
  }

  /** Opens the device for hypercalls; 0 if that fails. */
  public static native long xencall_open(long logger, int flags);

  public static native int xencall_close(long handle);

  /** Makes a hypercall with two arguments. */
  public static native int xencall2(long handle, int hypercall, long first, long second);
}
