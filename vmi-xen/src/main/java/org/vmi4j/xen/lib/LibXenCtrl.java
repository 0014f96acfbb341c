package org.vmi4j.xen.lib;

/**
 * The functions of Xen's control library ({@code xenctrl.h}) that listing, memory, life and
 * processors of a domain need. The library has no stable interface; these have been the same since
 * 4.8, but for the width of a domain's number, which a register holds either way.
 */
public final class LibXenCtrl {

  private LibXenCtrl() {}

  public static void bind(Libraries libraries) {
    libraries.bindControl(LibXenCtrl.class);
  }

  public static native long xc_interface_open(long logger, long buildLogger, int flags);

  public static native int xc_interface_close(long handle);

  /** Returns {@code major << 16 | minor} for command 0. */
  public static native int xc_version(long handle, int command, long argument);

  /** Fills in the domains from a number on; returns how many. */
  public static native int xc_domain_getinfolist(long handle, int first, int most, byte[] domains);

  @Since("4.6")
  public static native int xc_domain_maximum_gpfn(long handle, int domain, long[] frame);

  /** The last frame of the machine's own memory. */
  @Since("4.6")
  public static native int xc_maximum_ram_page(long handle, long[] frame);

  /** Writes the caches of an Arm processor back to memory; does nothing on x86. */
  @Since("4.4")
  public static native int xc_domain_cacheflush(long handle, int domain, long first, long frames);

  public static native int xc_domain_pause(long handle, int domain);

  public static native int xc_domain_unpause(long handle, int domain);

  public static native int xc_vcpu_getcontext(long handle, int domain, int vcpu, byte[] context);

  public static native int xc_vcpu_setcontext(long handle, int domain, int vcpu, byte[] context);

  /** Returns how many bytes the state has; without a buffer, how many it would have. */
  public static native int xc_domain_hvm_getcontext(
      long handle, int domain, byte[] state, int room);

  public static native int xc_domain_hvm_getcontext_partial(
      long handle, int domain, short type, short instance, byte[] record, int room);

  public static native int xc_domain_hvm_setcontext(
      long handle, int domain, byte[] state, int length);

  /** The bytes in a word of a paravirtual guest, 4 or 8. */
  public static native int xc_domain_get_guest_width(long handle, int domain, int[] bytes);
}
