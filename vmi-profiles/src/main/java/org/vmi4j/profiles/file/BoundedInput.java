package org.vmi4j.profiles.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.vmi4j.profiles.ProfileException;

/** Fails when the input exceeds the size of any profile, as that of a decompression bomb does. */
final class BoundedInput extends FilterInputStream {
  private final String origin;
  private final long most;
  private long count;

  BoundedInput(String origin, InputStream in, long most) {
    super(in);
    this.origin = origin;
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int got = super.read(into, offset, length);
    count(got);
    return got;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(int got) {
    count += Math.max(got, 0);
    if (count > most) {
      throw new ProfileException(
          origin + " has more than " + most + " bytes, which no profile has");
    }
  }
}
