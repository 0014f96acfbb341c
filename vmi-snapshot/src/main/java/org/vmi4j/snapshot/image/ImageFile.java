package org.vmi4j.snapshot.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.vmi4j.api.VmiException;

/**
 * The file of an image, as formats read it.
 *
 * @param path its name, for messages
 * @param channel the open file
 * @param holes the ranges without memory that the user gave for a format that states none, in
 *     ascending order
 */
public record ImageFile(Path path, FileChannel channel, List<Hole> holes) {
  private static final int HEAD = 512;

  /** Returns the size of the file in bytes. */
  public long size() throws IOException {
    return channel.size();
  }

  /** Returns the first bytes, 512 or all if there are fewer. */
  public ByteBuffer head() throws IOException {
    return bytes(0, (int) Math.min(HEAD, size()));
  }

  /** Returns whether the file begins with a number, little-endian. */
  public boolean hasMagic(int magic) throws IOException {
    return size() >= Integer.BYTES && bytes(0, Integer.BYTES).getInt() == magic;
  }

  /** Reads bytes of the file, which must have them; little-endian. */
  public ByteBuffer bytes(long offset, int length) throws IOException {
    if (offset < 0 || offset > size() - length) {
      throw truncated(offset, length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw truncated(offset, length);
      }
    }
    return bytes.flip();
  }

  private VmiException truncated(long offset, int length) throws IOException {
    return new VmiException(
        String.format(
            Locale.ROOT,
            "the image is truncated or damaged: it wants %d bytes at byte 0x%x of the file, which"
                + " ends at 0x%x; copy or dump it again",
            length,
            offset,
            size()));
  }
}
