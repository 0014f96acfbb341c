package org.vmi4j.xen.memory;

import static org.vmi4j.xen.memory.ForeignMemory.PAGE;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.vmi4j.api.spi.Window;

/**
 * Finds the memory of a guest that has its own frame numbers. The hypervisor reports only the last
 * of them, and querying every one takes seconds where there is a hole of 3 GiB below the last. So
 * every 32nd frame is queried, and the last of each window: no run of 32 frames is missed, and none
 * that begins or ends with a window. A smaller one is still found by its address.
 */
public final class SampledWindows implements PresentWindows {
  private static final int STRIDE = 32;
  private static final int SAMPLES = Window.SIZE / PAGE / STRIDE + 1;
  private static final int GROUP = Integer.SIZE;
  private static final long LIFETIME = TimeUnit.SECONDS.toNanos(10);

  /** The hole below 4 GiB of a PC, or below 8 GiB of an Arm guest with two banks, and as much. */
  private static final long HOLES = 16L << 30;

  private final ForeignMemory memory;
  private final long frames;

  /** The window after the last that is queried, and the last one, which is always visited. */
  private final long searched;

  private final long last;
  private final Map<Long, Group> groups = new ConcurrentHashMap<>();

  private record Group(int present, long asked) {}

  /**
   * Creates a search.
   *
   * @param frames how many frame numbers there are
   * @param bytes how much memory the guest has, which bounds where it is looked for: a guest can
   *     move its last frame as far up as it likes
   */
  public SampledWindows(ForeignMemory memory, long frames, long bytes) {
    this.memory = memory;
    this.frames = frames;
    long windows = (frames * PAGE + Window.SIZE - 1) / Window.SIZE;
    this.searched = Math.min(windows, (HOLES + 2 * bytes) / Window.SIZE);
    this.last = windows - 1;
  }

  @Override
  public long next(long window) {
    long index = window / Window.SIZE;
    while (index < searched) {
      int later = group(index / GROUP) >>> index % GROUP;
      if (later != 0) {
        return (index + Integer.numberOfTrailingZeros(later)) * Window.SIZE;
      }
      index = (index / GROUP + 1) * GROUP;
    }
    return index <= last ? last * Window.SIZE : -1;
  }

  private int group(long number) {
    Group group = groups.get(number);
    long now = System.nanoTime();
    if (group == null || now - group.asked > LIFETIME) {
      group = new Group(sample(number), now);
      groups.put(number, group);
    }
    return group.present;
  }

  private int sample(long number) {
    long[] samples = new long[GROUP * SAMPLES];
    for (int i = 0; i < samples.length; i++) {
      long window = number * GROUP + i / SAMPLES;
      long inWindow = Math.min(i % SAMPLES * STRIDE, Window.SIZE / PAGE - 1);
      samples[i] = Math.min(window * (Window.SIZE / PAGE) + inWindow, frames - 1);
    }
    int[] errors = memory.probe(samples);
    int present = 0;
    for (int i = 0; i < samples.length; i++) {
      if (errors[i] == 0) {
        present |= 1 << i / SAMPLES;
      }
    }
    return present;
  }
}
