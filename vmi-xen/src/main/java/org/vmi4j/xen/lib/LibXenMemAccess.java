package org.vmi4j.xen.lib;

/**
 * The functions of Xen's control library for the rights of a guest's frames ({@code xenctrl.h}).
 */
public final class LibXenMemAccess {
  private LibXenMemAccess() {}

  public static void bind(Libraries libraries) {
    libraries.bindControl(LibXenMemAccess.class);
  }

  /**
   * Sets the rights of frames in a row.
   *
   * @param access {@code xenmem_access_t} of {@code memory.h}
   */
  public static native int xc_set_mem_access(
      long handle, int domain, int access, long first, int count);

  public static native int xc_get_mem_access(long handle, int domain, long frame, int[] access);
}
