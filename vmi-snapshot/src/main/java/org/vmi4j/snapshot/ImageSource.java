package org.vmi4j.snapshot;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.snapshot.image.Segment;

/**
 * The frames of an image file, mapped. All of the file is mapped at once, which costs address space
 * and no memory, and is unmapped by the garbage collector when nothing refers to it any more: so no
 * reader can hold a mapping that is unmapped.
 */
final class ImageSource implements FrameSource {
  private static final long CHUNK = 1L << 30;
  private static final int SHOWN_SEGMENTS = 8;

  /** A smaller file is read sooner than the library is loaded that finds its holes. */
  private static final long LEAST_SPARSE = 256L << 20;

  private final Path path;
  private final long fileSize;
  private final List<Segment> segments;
  private final Addressing addressing;
  private final long size;

  /** Maps of the file, each 1 GiB further than the last and a window longer than that. */
  private final List<ByteBuffer> chunks = new ArrayList<>();

  private final ContiguousMapping contiguous;

  /** The file, for its length: unlike that of a channel, a thread that is interrupted can ask. */
  private final RandomAccessFile length;

  private final DataFinder data;

  ImageSource(Path path, FileChannel file, List<Segment> segments, Addressing addressing)
      throws IOException {
    this.path = path;
    this.fileSize = file.size();
    this.segments = segments;
    this.addressing = addressing;
    this.size = segments.stream().mapToLong(Segment::length).sum();
    for (long start = 0; start < fileSize; start += CHUNK) {
      long length = Math.min(CHUNK + Window.SIZE, fileSize - start);
      chunks.add(file.map(MapMode.READ_ONLY, start, length));
    }
    Segment longest =
        segments.stream().max(Comparator.comparingLong(Segment::length)).orElseThrow();
    long shown = Math.min(longest.length(), Integer.MAX_VALUE);
    this.contiguous =
        new ContiguousMapping(
            longest.address(), file.map(MapMode.READ_ONLY, longest.offset(), shown), true);
    this.length = new RandomAccessFile(path.toFile(), "r");
    this.data = new DataFinder(path);
  }

  @Override
  public long end() {
    return segments.get(segments.size() - 1).end();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Addressing addressing() {
    return addressing;
  }

  @Override
  public Optional<ContiguousMapping> contiguousMapping() {
    return Optional.of(contiguous);
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

  /** Skips the holes of a sparse file, unless it was truncated: what is gone is not zero. */
  @Override
  public long nextData(long address) {
    if (fileSize < LEAST_SPARSE || truncation(fileSize).isPresent()) {
      return next(address);
    }
    for (int i = firstEndingAbove(address); i < segments.size(); i++) {
      Segment segment = segments.get(i);
      long offset = segment.offset() + Math.max(0, address - segment.address());
      long skipped = data.next(offset) - offset;
      long first = Math.max(address, segment.address());
      if (skipped < segment.end() - first) {
        return first + skipped;
      }
    }
    return end();
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
  public Optional<String> loss(long address, int extent) {
    Segment segment = segments.get(firstEndingAbove(address));
    long end = segment.offset() + (address - segment.address()) + extent;
    return truncation(end);
  }

  /** Why the file does not reach up to an offset, if it does not. */
  private Optional<String> truncation(long end) {
    long now;
    try {
      now = length.length();
    } catch (IOException e) {
      return Optional.of("the image " + path + " is no longer readable: " + e.getMessage());
    }
    return now >= end
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the image %s was truncated while it was open, from %d bytes to %d",
                path,
                fileSize,
                now));
  }

  @Override
  public String explain(long address) {
    return truncation(fileSize).orElseGet(this::contents);
  }

  private String contents() {
    return "the image holds "
        + segments.stream()
            .limit(SHOWN_SEGMENTS)
            .map(s -> String.format(Locale.ROOT, "0x%x-0x%x", s.address(), s.end()))
            .collect(Collectors.joining(", "))
        + (segments.size() > SHOWN_SEGMENTS ? " and more" : "");
  }

  /** Releases the file; the mappings are unmapped when no reader refers to them. */
  @Override
  public void close() {
    data.close();
    try {
      length.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the image " + path, e);
    }
  }
}
