package org.vmi4j.events;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.Response;

/**
 * Which accesses to which frames are reported. Watches may overlap: a frame has the rights that all
 * of its watches permit.
 */
final class FrameWatches implements Obstacles {
  /** Set in the number of an obstacle whose frame is written to; no frame has such a number. */
  private static final long WRITTEN = 1L << 62;

  private final FrameRights rights;
  private final Steps steps;
  private final List<Watch> watches = new ArrayList<>();
  private int view;

  /** Receives frames that the guest wrote to past their rights. */
  private LongConsumer written = frame -> {};

  private record Watch(PageRange range, FrameAccess permitted) {
    boolean covers(long frame) {
      return frame >= range.firstFrame() && frame < range.endFrame();
    }
  }

  FrameWatches(FrameRights rights, Steps steps) {
    this.rights = rights;
    this.steps = steps;
  }

  /** Sets the view whose rights are changed. */
  void hookIn(int hooked) {
    view = hooked;
  }

  /** Sets what receives the frames that the guest wrote to past their rights. */
  void onWritten(LongConsumer receiver) {
    written = receiver;
  }

  /**
   * Watches a range.
   *
   * @return ends it
   */
  Runnable add(PageRange range, Set<Access> reported) {
    Watch watch = new Watch(range, Access.rightsWithout(reported));
    watches.add(watch);
    try {
      apply(range);
    } catch (RuntimeException | Error e) {
      watches.remove(watch);
      throw e;
    }
    return () -> {
      watches.remove(watch);
      apply(range);
    };
  }

  /** Lets the processor make an access that was reported, unless it was answered otherwise. */
  Response settle(MemoryAccessEvent event, Response response) {
    long frame = event.physicalAddress() >>> PageRange.SHIFT;
    boolean resumes = response.action() == Response.Action.RESUME;
    return resumes && event.view() == view && permitted(frame) != FrameAccess.RWX
        ? steps.past(event, response, this, event.write() ? frame | WRITTEN : frame)
        : response;
  }

  @Override
  public void lift(long obstacle) {
    rights.set(view, obstacle & ~WRITTEN, 1, FrameAccess.RWX);
  }

  @Override
  public void restore(long obstacle) {
    long frame = obstacle & ~WRITTEN;
    if (steps.way() != Steps.Way.VIEW) {
      rights.set(view, frame, 1, permitted(frame));
    }
    if (obstacle != frame) {
      written.accept(frame);
    }
  }

  private FrameAccess permitted(long frame) {
    FrameAccess permitted = FrameAccess.RWX;
    for (int i = 0; i < watches.size(); i++) {
      Watch watch = watches.get(i);
      if (watch.covers(frame)) {
        permitted = permitted.and(watch.permitted());
      }
    }
    return permitted;
  }

  /** Sets the rights of a range, in runs of frames that the same watches cover. */
  private void apply(PageRange range) {
    NavigableSet<Long> cuts = new TreeSet<>(Set.of(range.firstFrame(), range.endFrame()));
    for (Watch watch : watches) {
      cuts.add(watch.range().firstFrame());
      cuts.add(watch.range().endFrame());
    }
    long from = range.firstFrame();
    for (long to : cuts.subSet(from, false, range.endFrame(), true)) {
      rights.set(view, from, to - from, permitted(from));
      from = to;
    }
  }
}
