package org.vmi4j.xen.lib;

/** Bindings to the C library. Linux, 64 bits: the constants are those of its headers. */
public final class LibC {
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;
  public static final int MAP_SHARED = 1;
  public static final int MAP_FIXED = 0x10;
  public static final long MAP_FAILED = -1;
  public static final int MFD_CLOEXEC = 1;
  public static final int EFD_CLOEXEC = 0x80000;
  public static final short POLLIN = 1;

  private LibC() {}

  public static void bind(Libraries libraries) {
    libraries.bindProcess(LibC.class);
  }

  public static native long mmap(
      long address, long length, int protection, int flags, int descriptor, long offset);

  public static native int munmap(long address, long length);

  public static native int memfd_create(String name, int flags);

  public static native int eventfd(int initial, int flags);

  /** Waits; each entry of {@code struct pollfd} is two ints here, revents the upper half. */
  public static native int poll(int[] entries, long count, int milliseconds);

  public static native long write(int descriptor, long[] value, long length);

  public static native long read(int descriptor, long[] value, long length);

  public static native int close(int descriptor);

  static native void free(long address);
}
