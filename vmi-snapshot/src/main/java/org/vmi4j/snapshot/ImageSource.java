package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vmi4j.api.memory.Addressing;
import org.vmi4j.api.memory.FrameSource;
import org.vmi4j.api.memory.Window;

/**
 * The frames of an image file, mapped. All of the file is mapped at once, which costs address space
 * and no memory, and is unmapped by the garbage collector when nothing refers to it any more: so no
 * reader can be left with a mapping that is gone.
 */
final class ImageSource implements FrameSource {
  private static final long CHUNK = 1L << 30;
  private static final int SHOWN_SEGMENTS = 8;

  private final Path path;
  private final long fileSize;
  private final List<Segment> segments;
  private final Addressing addressing;

  /** Maps of the file, each 1 GiB further than the last and a window longer than that. */
  private final List<ByteBuffer> chunks = new ArrayList<>();

  private final Stretch stretch;

  ImageSource(Path path, FileChannel file, List<Segment> segments, Addressing addressing)
      throws IOException {
    this.path = path;
    this.fileSize = file.size();
    this.segments = segments;
    this.addressing = addressing;
    for (long start = 0; start < fileSize; start += CHUNK) {
      long length = Math.min(CHUNK + Window.SIZE, fileSize - start);
      chunks.add(file.map(MapMode.READ_ONLY, start, length));
    }
    Segment longest =
        segments.stream().max(Comparator.comparingLong(Segment::length)).orElseThrow();
    long length = Math.min(longest.length(), Integer.MAX_VALUE);
    this.stretch =
        new Stretch(longest.address(), file.map(MapMode.READ_ONLY, longest.offset(), length), true);
  }

  @Override
  public long end() {
    return segments.get(segments.size() - 1).end();
  }

  @Override
  public Addressing addressing() {
    return addressing;
  }

  @Override
  public Optional<Stretch> stretch() {
    return Optional.of(stretch);
  }

  @Override
  public Window map(long address) {
    List<Window.Extent> extents = new ArrayList<>();
    long windowEnd = address + Window.SIZE;
    for (int i = firstEndingAbove(address); i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment.address() >= windowEnd) {
        break;
      }
      long from = Math.max(address, segment.address());
      long to = Math.min(windowEnd, segment.end());
      long offset = segment.offset() + (from - segment.address());
      ByteBuffer chunk = chunks.get((int) (offset / CHUNK));
      ByteBuffer bytes = chunk.slice((int) (offset % CHUNK), (int) (to - from));
      extents.add(new Window.Extent((int) (from - address), bytes));
    }
    return Window.of(extents);
  }

  @Override
  public long next(long address) {
    int i = firstEndingAbove(address);
    return i < segments.size() ? Math.max(address, segments.get(i).address()) : end();
  }

  private int firstEndingAbove(long address) {
    int low = 0;
    int high = segments.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (segments.get(middle).end() > address) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public String explain(long address) {
    long now;
    try {
      now = Files.size(path);
    } catch (IOException e) {
      return "the image " + path + " is no longer readable: " + e.getMessage();
    }
    if (now < fileSize) {
      return String.format(
          Locale.ROOT,
          "the image %s was truncated while it was open, from %d bytes to %d",
          path,
          fileSize,
          now);
    }
    return "the image holds "
        + segments.stream()
            .limit(SHOWN_SEGMENTS)
            .map(s -> String.format(Locale.ROOT, "0x%x-0x%x", s.address(), s.end()))
            .collect(Collectors.joining(", "))
        + (segments.size() > SHOWN_SEGMENTS ? " and more" : "");
  }

  /** Nothing to release: the maps go when the last reader is gone. */
  @Override
  public void close() {}
}
