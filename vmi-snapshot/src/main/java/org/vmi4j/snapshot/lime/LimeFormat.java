package org.vmi4j.snapshot.lime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.ImageFormat;
import org.vmi4j.snapshot.image.Segment;

/**
 * The format of the Linux Memory Extractor: a header of 32 bytes before each range of memory, with
 * magic, version, first and last address.
 */
public final class LimeFormat implements ImageFormat {
  private static final int HEADER = 32;
  private static final int MAGIC = 0x4c694d45;
  private static final int MAX_RANGES = 1 << 16;

  @Override
  public boolean recognises(ImageFile file) throws IOException {
    return file.hasMagic(MAGIC);
  }

  @Override
  public Image open(ImageFile file) throws IOException {
    List<Segment> segments = new ArrayList<>();
    long at = 0;
    while (at < file.size()) {
      ByteBuffer header = file.bytes(at, HEADER);
      long first = header.getLong(8);
      long last = header.getLong(16);
      boolean valid =
          header.getInt(0) == MAGIC
              && header.getInt(4) == 1
              && first >= 0
              && last >= first
              && last < 1L << 52
              && segments.size() < MAX_RANGES;
      if (!valid) {
        throw new VmiException(
            String.format(
                Locale.ROOT,
                "this LiME image is damaged: no valid header at byte 0x%x; dump it again",
                at));
      }
      if (last - first >= file.size() - at - HEADER) {
        throw new VmiException(
            String.format(
                Locale.ROOT,
                "this LiME image is truncated: the range 0x%x-0x%x does not fit in its file, which"
                    + " ends at 0x%x; copy or dump it again",
                first,
                last,
                file.size()));
      }
      segments.add(new Segment(first, last - first + 1, at + HEADER));
      at += HEADER + (last - first + 1);
    }
    return Image.checked("LiME image", Optional.empty(), segments, List.of(), file.size());
  }
}
