package org.vmi4j.xen.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A set of frames, as ranges that neither touch nor overlap. */
final class FrameRanges {
  /** The end of each range, which is not part of it, by its first frame. */
  private final NavigableMap<Long, Long> ends = new TreeMap<>();

  /** Frames in a row. */
  record Range(long first, long count) {}

  void add(long first, long count) {
    long start = first;
    long end = first + count;
    Map.Entry<Long, Long> before = ends.floorEntry(start);
    if (before != null && before.getValue() >= start) {
      start = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map.Entry<Long, Long> after = ends.ceilingEntry(start);
    while (after != null && after.getKey() <= end) {
      end = Math.max(end, after.getValue());
      ends.remove(after.getKey());
      after = ends.ceilingEntry(start);
    }
    ends.put(start, end);
  }

  void remove(long first, long count) {
    long end = first + count;
    Map.Entry<Long, Long> range = ends.lowerEntry(end);
    while (range != null && range.getValue() > first) {
      ends.remove(range.getKey());
      if (range.getValue() > end) {
        ends.put(end, range.getValue());
      }
      if (range.getKey() < first) {
        ends.put(range.getKey(), first);
      }
      range = ends.lowerEntry(range.getKey());
    }
  }

  /** The ranges, in order. */
  List<Range> all() {
    List<Range> all = new ArrayList<>();
    ends.forEach((first, end) -> all.add(new Range(first, end - first)));
    return all;
  }

  void clear() {
    ends.clear();
  }
}
