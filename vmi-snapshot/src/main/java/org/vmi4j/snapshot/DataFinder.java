package org.vmi4j.snapshot;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Finds the data of a sparse file by lseek(2), which Java does not offer. Where it is not available
 * (JNA's library cannot be loaded, the file system knows no holes), everything is data.
 *
 * <p>The system is asked each time: what was a hole may have been written since.
 */
final class DataFinder implements AutoCloseable {
  /**
   * Constants of Linux: include/uapi/asm-generic/fcntl.h, include/uapi/linux/fs.h, errno-base.h.
   */
  private static final int O_RDONLY = 0;

  private static final int O_CLOEXEC = 0x80000;
  private static final int SEEK_DATA = 3;
  private static final int ENXIO = 6;

  private static final int CLOSED = -1;
  private static final int NOT_OPEN = -2;

  private final Path path;
  private final Object identity;
  private int descriptor = NOT_OPEN;

  /** Creates a finder for a file, which it opens when it is first asked. */
  DataFinder(Path path) throws IOException {
    this.path = path;
    this.identity = identity(path);
  }

  /** The bindings; their class is loaded, and JNA with it, only when they are first used. */
  private static final class LibC {
    static {
      Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    static native int open(String path, int flags);

    static native long lseek(int descriptor, long offset, int whence);

    static native int close(int descriptor);
  }

  /**
   * Returns the offset of the first byte, at a given one or above, that is not in a hole; {@link
   * Long#MAX_VALUE} if only a hole follows.
   */
  synchronized long next(long offset) {
    if (descriptor == NOT_OPEN) {
      descriptor = open();
    }
    if (descriptor == CLOSED) {
      return offset;
    }
    long data = LibC.lseek(descriptor, offset, SEEK_DATA);
    if (data >= offset) {
      return data;
    }
    return Native.getLastError() == ENXIO ? Long.MAX_VALUE : offset;
  }

  private int open() {
    try {
      int opened = LibC.open(path.toAbsolutePath().toString(), O_RDONLY | O_CLOEXEC);
      if (opened >= 0 && !isTheFile(opened)) {
        LibC.close(opened);
        return CLOSED;
      }
      return opened;
    } catch (LinkageError e) {
      return CLOSED;
    }
  }

  /** The name may have become that of another file. */
  private boolean isTheFile(int opened) {
    try {
      return identity(Path.of("/proc/self/fd", Integer.toString(opened))).equals(identity);
    } catch (IOException e) {
      return false;
    }
  }

  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Override
  public synchronized void close() {
    if (descriptor >= 0) {
      LibC.close(descriptor);
    }
    descriptor = CLOSED;
  }
}
