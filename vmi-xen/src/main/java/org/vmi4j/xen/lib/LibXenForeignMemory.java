package org.vmi4j.xen.lib;

import java.util.List;

/**
 * Xen's library that maps the memory of other domains ({@code xenforeignmemory.h}). Its interface
 * is stable: every release since 4.7 has these functions.
 */
public final class LibXenForeignMemory {
  /** The Debian package that has the library. */
  static final String BRINGS = "libxenforeignmemory1";

  /** The names of its file, the best first. */
  static final List<String> NAMES = List.of("libxenforeignmemory.so.1", "libxenforeignmemory.so");

  private LibXenForeignMemory() {}

  public static void bind(Libraries libraries) {
    libraries.bind(LibXenForeignMemory.class, BRINGS, NAMES);
  }

  /** Opens the device of the hypervisor; 0 if that fails. */
  public static native long xenforeignmemory_open(long logger, int flags);

  public static native int xenforeignmemory_close(long handle);

  /**
   * Maps pages of a domain side by side.
   *
   * @param errors for each page 0, or the negative error for which it is not there
   * @return the address of the first page; 0 if the call fails as a whole
   */
  public static native long xenforeignmemory_map(
      long handle, int domain, int protection, long pages, long[] frames, int[] errors);

  public static native int xenforeignmemory_unmap(long handle, long address, long pages);
}
