package org.vmi4j.snapshot.xencore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.elf.ElfSection;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.Segment;

/**
 * The table of frames in a Xen core, which identifies each page: {@code .xen_pfn} has the guest's
 * frame, {@code .xen_p2m} the guest's and the machine's. Pages that follow each other in both the
 * file and memory are merged.
 */
final class XenFrames {
  private static final int PAGE = 4096;
  private static final int ENTRIES = 1 << 16;
  private static final int MAX_SEGMENTS = 1 << 22;
  private static final long MAX_FRAME = 1L << 40;
  private static final long NONE = -1;

  private final ImageFile file;
  private final ElfSection table;
  private final boolean ofMachine;
  private final List<Segment> segments = new ArrayList<>();
  private long lastGuestFrame = NONE;
  private long address;
  private long length;
  private long offset;

  /**
   * Prepares to read a table.
   *
   * @param ofMachine whether it has pairs, of which the second is taken
   */
  XenFrames(ImageFile file, ElfSection table, boolean ofMachine) {
    this.file = file;
    this.table = table;
    this.ofMachine = ofMachine;
  }

  /**
   * Reads the table.
   *
   * @param count how many pages there are
   * @param pages where in the file the first one is
   */
  List<Segment> segments(long count, long pages) throws IOException {
    int size = ofMachine ? 2 * Long.BYTES : Long.BYTES;
    if (table.size() / size < count) {
      throw new VmiException(
          String.format(
              Locale.ROOT,
              "this Xen core is damaged: %d pages, and a table of %d frames; dump it again",
              count,
              table.size() / size));
    }
    for (long first = 0; first < count; first += ENTRIES) {
      int entries = (int) Math.min(ENTRIES, count - first);
      ByteBuffer block = file.bytes(table.offset() + first * size, entries * size);
      for (int i = 0; i < entries; i++) {
        long guestFrame = block.getLong();
        long frame = ofMachine ? block.getLong() : guestFrame;
        if (guestFrame != NONE && frame != NONE) {
          checkOrder(guestFrame);
          // The guest itself writes the table of a machine's frames, and may write nonsense.
          if (frame >= 0 && frame < MAX_FRAME) {
            add(frame * PAGE, pages + (first + i) * PAGE);
          }
        }
      }
    }
    endSegment();
    return ofMachine ? onceEach() : segments;
  }

  private void checkOrder(long guestFrame) {
    if (guestFrame <= lastGuestFrame || guestFrame >= MAX_FRAME) {
      throw new VmiException(
          String.format(
              Locale.ROOT,
              "this Xen core is damaged: frame 0x%x follows frame 0x%x in its table, where every"
                  + " frame is above the one before; dump it again",
              guestFrame,
              lastGuestFrame));
    }
    lastGuestFrame = guestFrame;
  }

  private void add(long pageAddress, long pageOffset) {
    if (pageAddress != address + length || pageOffset != offset + length) {
      endSegment();
      address = pageAddress;
      offset = pageOffset;
    }
    length += PAGE;
  }

  private void endSegment() {
    if (length > 0) {
      if (segments.size() == MAX_SEGMENTS) {
        throw new VmiException(
            "the memory in this Xen core lies in more than "
                + MAX_SEGMENTS
                + " extents, which is not supported; dump the running domain",
            Remedy.RUNNING_MACHINE);
      }
      segments.add(new Segment(address, length, offset));
    }
    length = 0;
  }

  /**
   * A machine's frame that the guest has in several places is in the file as often: once is enough.
   */
  private List<Segment> onceEach() {
    segments.sort(Comparator.comparingLong(Segment::address));
    List<Segment> once = new ArrayList<>(segments.size());
    long end = 0;
    for (Segment segment : segments) {
      long known = Math.min(segment.length(), Math.max(0, end - segment.address()));
      if (known < segment.length()) {
        once.add(
            new Segment(
                segment.address() + known, segment.length() - known, segment.offset() + known));
        end = segment.end();
      }
    }
    return once;
  }
}
