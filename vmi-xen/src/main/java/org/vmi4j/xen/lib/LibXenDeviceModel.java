package org.vmi4j.xen.lib;

import java.util.List;

/**
 * Xen's library for those who emulate devices ({@code xendevicemodel.h}). Its interface is stable;
 * it came with Xen 4.9.
 */
public final class LibXenDeviceModel {
  private LibXenDeviceModel() {}

  public static void bind(Libraries libraries) {
    libraries.bind(
        LibXenDeviceModel.class,
        "libxendevicemodel1",
        List.of("libxendevicemodel.so.1", "libxendevicemodel.so"));
  }

  /** Opens the hypervisor for it; 0 if that fails. */
  public static native long xendevicemodel_open(long logger, int flags);

  public static native int xendevicemodel_close(long handle);

  /** Reports that pages of a domain with hardware virtualization were written from outside. */
  public static native int xendevicemodel_modified_memory(
      long handle, int domain, long firstFrame, int frames);
}
