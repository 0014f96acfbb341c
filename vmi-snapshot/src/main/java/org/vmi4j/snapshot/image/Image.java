package org.vmi4j.snapshot.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The description of an image that its header gives.
 *
 * @param format the format, for people
 * @param architecture the processor, where the format records it
 * @param segments the extents of memory, in ascending order of their addresses
 * @param vcpus the registers of the virtual processors, empty where the format has none
 * @param addressing what the addresses of the segments count
 */
public record Image(
    String format,
    Optional<Architecture> architecture,
    List<Segment> segments,
    List<RegisterValues> vcpus,
    Addressing addressing) {
  private static final long MAX_ADDRESS = 1L << 52;

  /** The name of a format, with the number of processors that an image of it records. */
  public static String described(String format, List<RegisterValues> vcpus) {
    return switch (vcpus.size()) {
      case 0 -> format;
      case 1 -> format + " of 1 processor";
      default -> format + " of " + vcpus.size() + " processors";
    };
  }

  /**
   * Checks the description of an image against its file.
   *
   * @param fileSize the size of the file in bytes
   */
  public static Image checked(
      String format,
      Optional<Architecture> architecture,
      List<Segment> segments,
      List<RegisterValues> vcpus,
      long fileSize) {
    List<Segment> sorted = new ArrayList<>(segments);
    sorted.removeIf(segment -> segment.length() == 0);
    sorted.sort(Comparator.comparingLong(Segment::address));
    if (sorted.isEmpty()) {
      throw new VmiException("this " + format + " holds no memory at all");
    }
    long previous = 0;
    for (Segment segment : sorted) {
      check(format, segment, fileSize);
      if (segment.address() < previous) {
        throw new VmiException(
            String.format(
                "this %s has two segments that hold physical address 0x%x: it is damaged, the core of"
                    + " a process, or a dump by virtual addresses (dump-guest-memory -p); dump the"
                    + " machine's memory again, by physical addresses",
                format, segment.address()));
      }
      previous = segment.end();
    }
    return new Image(format, architecture, List.copyOf(sorted), vcpus, Addressing.GUEST);
  }

  /** Returns this description with other addresses. */
  public Image withAddressing(Addressing other) {
    return new Image(format, architecture, segments, vcpus, other);
  }

  private static void check(String format, Segment segment, long fileSize) {
    boolean sane =
        segment.address() >= 0
            && segment.length() > 0
            && segment.address() <= MAX_ADDRESS - segment.length()
            && segment.offset() >= 0;
    if (!sane) {
      throw new VmiException(
          String.format(
              "this %s is damaged: a segment of 0x%x bytes at physical address 0x%x, byte 0x%x;"
                  + " dump it again",
              format, segment.length(), segment.address(), segment.offset()));
    }
    if (segment.length() > fileSize - segment.offset()) {
      throw new VmiException(
          String.format(
              "this %s is truncated: the segment at physical address 0x%x wants 0x%x bytes"
                  + " from byte 0x%x, and the file ends at 0x%x; copy or dump it again",
              format, segment.address(), segment.length(), segment.offset(), fileSize));
    }
  }
}
