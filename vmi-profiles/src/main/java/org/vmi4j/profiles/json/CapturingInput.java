package org.vmi4j.profiles.json;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Keeps what is read through it. */
final class CapturingInput extends InputStream {
  private static final int FIRST = 1 << 20;

  private final InputStream in;
  private byte[] bytes = new byte[FIRST];
  private int length;

  CapturingInput(InputStream in) {
    this.in = in;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int wanted) throws IOException {
    int got = in.read(into, offset, wanted);
    if (got > 0) {
      if (got > bytes.length - length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + got));
      }
      System.arraycopy(into, offset, bytes, length, got);
      length += got;
    }
    return got;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
