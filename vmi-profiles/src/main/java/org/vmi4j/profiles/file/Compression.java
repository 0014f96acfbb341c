package org.vmi4j.profiles.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;
import org.vmi4j.profiles.ProfileException;

/** Decompresses a file; its first bytes show which compression it has. */
final class Compression {
  /** More than xz -9 needs. */
  private static final int XZ_MEMORY_KIB = 100 << 10;

  private static final int BUFFER = 1 << 16;

  private Compression() {}

  static InputStream takeOff(String origin, InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
    in.mark(BUFFER);
    byte[] start = in.readNBytes(6);
    in.reset();
    if (begins(start, 0x1f, 0x8b)) {
      return new GZIPInputStream(in, BUFFER);
    }
    if (begins(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new XZInputStream(in, XZ_MEMORY_KIB);
    }
    String other = unsupported(start);
    if (other != null) {
      throw new ProfileException(
          origin + " is compressed with " + other + "; a profile is plain, .gz or .xz");
    }
    return in;
  }

  private static String unsupported(byte[] start) {
    if (begins(start, 0x28, 0xb5, 0x2f, 0xfd)) {
      return "zstd";
    }
    if (begins(start, 'B', 'Z', 'h')) {
      return "bzip2";
    }
    return begins(start, 'P', 'K', 3, 4) ? "zip" : null;
  }

  private static boolean begins(byte[] start, int... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (i >= start.length || (start[i] & 0xff) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
