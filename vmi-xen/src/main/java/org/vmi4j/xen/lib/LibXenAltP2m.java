package org.vmi4j.xen.lib;

/**
 * The functions of Xen's control library for views of a guest's memory, which Xen calls altp2m
 * ({@code xenctrl.h}).
 */
public final class LibXenAltP2m {
  private LibXenAltP2m() {}

  public static void bind(Libraries libraries) {
    libraries.bindControl(LibXenAltP2m.class);
  }

  /** Puts a {@code bool} into one byte. */
  public static native int xc_altp2m_get_domain_state(long handle, int domain, byte[] state);

  public static native int xc_altp2m_set_domain_state(long handle, int domain, int state);

  public static native int xc_altp2m_create_view(
      long handle, int domain, int defaultAccess, short[] view);

  public static native int xc_altp2m_destroy_view(long handle, int domain, short view);

  public static native int xc_altp2m_switch_to_view(long handle, int domain, short view);

  public static native int xc_altp2m_set_mem_access(
      long handle, int domain, short view, long frame, int access);

  public static native int xc_altp2m_change_gfn(
      long handle, int domain, short view, long frame, long replacement);

  /** Rights of many frames in one call. */
  public static final class Multi {
    private Multi() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(Multi.class);
    }

    @Since("4.11")
    public static native int xc_altp2m_set_mem_access_multi(
        long handle, int domain, short view, byte[] access, long[] frames, int count);
  }

  /** Rights, read. */
  public static final class Get {
    private Get() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(Get.class);
    }

    @Since("4.12")
    public static native int xc_altp2m_get_mem_access(
        long handle, int domain, short view, long frame, int[] access);
  }
}
