package org.vmi4j.profiles.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keeps what is read through it. Each byte becomes one character, so that the parser's offsets are
 * byte offsets; {@link Utf8} decodes a text when it is extracted.
 */
final class CapturingReader extends Reader {
  private static final int FIRST = 1 << 20;

  private final InputStream in;
  private byte[] bytes = new byte[FIRST];
  private int length;

  CapturingReader(InputStream in) {
    this.in = in;
  }

  /** Returns what was read from one offset to another. */
  String text(Slice slice) {
    return new String(
        bytes, slice.start(), slice.end() - slice.start(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public int read(char[] into, int offset, int wanted) throws IOException {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    int got = in.read(bytes, length, Math.min(wanted, bytes.length - length));
    for (int i = 0; i < got; i++) {
      into[offset + i] = (char) (bytes[length + i] & 0xff);
    }
    length += Math.max(got, 0);
    return got;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
