package org.vmi4j.xen.lib;

import java.util.List;

/**
 * The function of Xen's library for those who emulate devices that delivers an exception to a
 * guest's processor ({@code xendevicemodel.h}).
 */
public final class LibXenInject {
  private LibXenInject() {}

  public static void bind(Libraries libraries) {
    libraries.bind(
        LibXenInject.class,
        "libxendevicemodel1",
        List.of("libxendevicemodel.so.1", "libxendevicemodel.so"));
  }

  /**
   * Delivers an exception when the processor runs next.
   *
   * @param errorCode -1 for none
   * @param extra CR2 of a page fault, the pending causes of a debug exception
   */
  @Since("4.9")
  public static native int xendevicemodel_inject_event(
      long handle,
      int domain,
      int vcpu,
      int vector,
      int type,
      int errorCode,
      int instructionLength,
      long extra);

  /** The form that libxenctrl has before 4.9. */
  public static final class Old {
    private Old() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(Old.class);
    }

    public static native int xc_hvm_inject_trap(
        long handle,
        int domain,
        int vcpu,
        int vector,
        int type,
        int errorCode,
        int instructionLength,
        long faultAddress);
  }
}
