package org.vmi4j.xen.lib;

import org.vmi4j.api.VmiException;

/**
 * What Xen's library that maps memory can do since Xen 4.10: map at an address that the caller
 * chooses.
 */
public final class LibXenForeignMemoryAt {

  private LibXenForeignMemoryAt() {}

  /** Binds it, and returns whether the library has it. */
  public static boolean bind(Libraries libraries) {
    try {
      libraries.bind(
          LibXenForeignMemoryAt.class, LibXenForeignMemory.BRINGS, LibXenForeignMemory.NAMES);
      return true;
    } catch (VmiException olderLibrary) {
      return false;
    }
  }

  /**
   * Maps pages of a domain side by side.
   *
   * @param address where to, with {@code MAP_FIXED} among the flags
   * @param flags those of mmap(2)
   * @param errors for each page 0, or the negative error for which it is not there
   * @return the address of the first page; 0 if the call fails as a whole, and then nothing is
   *     mapped at the address any more
   */
  @Since("4.10")
  public static native long xenforeignmemory_map2(
      long handle,
      int domain,
      long address,
      int protection,
      int flags,
      long pages,
      long[] frames,
      int[] errors);
}
