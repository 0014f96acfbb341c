package org.vmi4j.xen.lib;

import java.util.OptionalLong;

/**
 * The function of Xen's control library that queries Flask, the XSM module with a policy: {@code
 * FLASK_GETENFORCE} of {@code public/xsm/flask_op.h}, which every domain may ask.
 */
public final class LibXenFlask {
  private LibXenFlask() {}

  /**
   * Whether Flask enforces its policy: 0 if it only logs, 1 if it does, nothing without Flask.
   *
   * @throws org.vmi4j.api.VmiException if the hypervisor does not answer
   */
  public static OptionalLong mode(Handle hypervisor, Libraries libraries) {
    libraries.bindControl(LibXenFlask.class);
    long mode = Errno.retry(() -> hypervisor.use(LibXenFlask::xc_flask_getenforce));
    if (mode == -Errno.ENOSYS) {
      return OptionalLong.empty();
    }
    if (mode < 0) {
      throw Errno.failure("cannot ask the hypervisor about Flask", mode);
    }
    return OptionalLong.of(mode);
  }

  private static native int xc_flask_getenforce(long handle);
}
