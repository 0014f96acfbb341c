package org.vmi4j.xen.lib;

/**
 * The functions of Xen's control library that give a guest frames and take them ({@code
 * xenctrl.h}).
 */
public final class LibXenPopulate {
  private LibXenPopulate() {}

  public static void bind(Libraries libraries) {
    libraries.bindControl(LibXenPopulate.class);
  }

  /** Sets how much memory a domain may have, in KiB. */
  public static native int xc_domain_setmaxmem(long handle, int domain, long kib);

  public static native int xc_domain_populate_physmap_exact(
      long handle, int domain, long extents, int order, int flags, long[] frames);

  public static native int xc_domain_decrease_reservation_exact(
      long handle, int domain, long extents, int order, long[] frames);
}
