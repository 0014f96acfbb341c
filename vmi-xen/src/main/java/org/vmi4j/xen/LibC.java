package org.vmi4j.xen;

/** What is needed of the C library. Linux, 64 bits: the constants are those of its headers. */
final class LibC {
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_FIXED = 0x10;
  static final long MAP_FAILED = -1;
  static final int MFD_CLOEXEC = 1;
  static final int EFD_CLOEXEC = 0x80000;
  static final short POLLIN = 1;

  private LibC() {}

  static void bind(Libraries libraries) {
    libraries.bindProcess(LibC.class);
  }

  static native long mmap(
      long address, long length, int protection, int flags, int descriptor, long offset);

  static native int munmap(long address, long length);

  static native int memfd_create(String name, int flags);

  static native int eventfd(int initial, int flags);

  /** Waits; each entry of {@code struct pollfd} is two ints here, revents the upper half. */
  static native int poll(int[] entries, long count, int milliseconds);

  static native long write(int descriptor, long[] value, long length);

  static native int close(int descriptor);

  static native void free(long address);
}
