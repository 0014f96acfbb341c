package org.vmi4j.xen.lib;

import java.util.List;

/**
 * Xen's library for xenstore ({@code xenstore.h}). Its soname went from 3 to 4 in Xen 4.16; these
 * functions are the same in both. A C {@code bool} is read as a byte.
 */
public final class LibXenStore {

  private LibXenStore() {}

  public static void bind(Libraries libraries) {
    libraries.bind(
        LibXenStore.class,
        "libxenstore4",
        List.of("libxenstore.so.4", "libxenstore.so.3.0", "libxenstore.so.3"));
  }

  static native long xs_open(long flags);

  static native void xs_close(long handle);

  /** Reads a value into memory of its own, to be freed; 0 if that fails. */
  static native long xs_read(long handle, int transaction, String path, int[] length);

  static native byte xs_watch(long handle, String path, String token);

  /** The next event of a watch, to be freed; 0 if there is none. Never waits. */
  static native long xs_check_watch(long handle);

  static native int xs_fileno(long handle);
}
