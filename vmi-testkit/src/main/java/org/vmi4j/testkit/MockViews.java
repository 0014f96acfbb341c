package org.vmi4j.testkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Views;

/**
 * Rights of frames, views and added frames that are kept and not enforced. Give a machine the
 * capabilities that a test wants of it.
 */
public final class MockViews implements FrameRights, Views, GuestFrames {
  private static final int LIMIT = 10;
  private static final int PAGE_SHIFT = 12;

  private final Operations operations;
  private final long firstSpare;
  private final Map<Integer, View> views = new TreeMap<>(Map.of(0, new View(FrameAccess.RWX)));
  private final Set<Long> added = new HashSet<>();
  private final Map<Long, byte[]> contents = new HashMap<>();
  private int current;

  private static final class View {
    private final FrameAccess initial;
    private final Map<Long, FrameAccess> rights = new HashMap<>();
    private final Map<Long, Long> remapped = new HashMap<>();

    View(FrameAccess initial) {
      this.initial = initial;
    }
  }

  /**
   * Creates view 0, in which everything is permitted.
   *
   * @param firstSpare the first frame of the machine's memory that {@link #add} hands out
   */
  public MockViews(Operations operations, long firstSpare) {
    this.operations = operations;
    this.firstSpare = firstSpare;
  }

  @Override
  public synchronized void set(int view, long first, long count, FrameAccess access) {
    operations.perform(Operation.Kind.SET_RIGHTS, first);
    if (access.write() && !access.read()) {
      throw new IllegalArgumentException("a frame cannot be " + access);
    }
    for (long frame = first; frame < first + count; frame++) {
      view(view).rights.put(frame, access);
    }
  }

  @Override
  public synchronized FrameAccess get(int view, long frame) {
    View of = view(view);
    return of.rights.getOrDefault(frame, of.initial);
  }

  /** Returns the frame that is seen at a place in a view. */
  public synchronized long seenAt(int view, long frame) {
    return view(view).remapped.getOrDefault(frame, frame);
  }

  /** Returns the view that all processors were switched to last. */
  public synchronized int current() {
    return current;
  }

  /** Returns the numbers of all views. */
  public synchronized Set<Integer> views() {
    return Set.copyOf(views.keySet());
  }

  /** Returns the frames that are added now. */
  public synchronized Set<Long> added() {
    return Set.copyOf(added);
  }

  private View view(int number) {
    View view = views.get(number);
    if (view == null) {
      throw new VmiException("there is no view " + number);
    }
    return view;
  }

  @Override
  public int limit() {
    return LIMIT;
  }

  @Override
  public synchronized int create(FrameAccess access) {
    int number = 1;
    while (views.containsKey(number)) {
      number++;
    }
    operations.perform(Operation.Kind.CREATE_VIEW, number);
    if (number >= LIMIT) {
      throw new VmiException("there are " + LIMIT + " views already");
    }
    views.put(number, new View(access));
    return number;
  }

  @Override
  public synchronized void destroy(int view) {
    operations.perform(Operation.Kind.DESTROY_VIEW, view);
    if (view == 0 || view == current) {
      throw new VmiException("view " + view + " is in use");
    }
    views.remove(view);
  }

  @Override
  public synchronized void switchTo(int view) {
    operations.perform(Operation.Kind.SWITCH_VIEW, view);
    view(view);
    current = view;
  }

  @Override
  public synchronized void remap(int view, long frame, long replacement) {
    operations.perform(Operation.Kind.REMAP, frame);
    View of = view(view);
    of.remapped.put(frame, replacement);
    of.rights.remove(frame);
  }

  @Override
  public synchronized void restore(int view, long frame) {
    operations.perform(Operation.Kind.RESTORE, frame);
    View of = view(view);
    of.remapped.remove(frame);
    of.rights.remove(frame);
  }

  @Override
  public synchronized long add() {
    long frame = firstSpare;
    while (added.contains(frame)) {
      frame++;
    }
    operations.perform(Operation.Kind.ADD_FRAME, frame);
    added.add(frame);
    return frame;
  }

  @Override
  public synchronized void write(long frame, int offset, byte[] bytes) {
    operations.perform(Operation.Kind.WRITE, frame << PAGE_SHIFT | offset);
    if (!added.contains(frame)) {
      throw new VmiException("frame 0x" + Long.toHexString(frame) + " was not added");
    }
    System.arraycopy(
        bytes,
        0,
        contents.computeIfAbsent(frame, each -> new byte[1 << PAGE_SHIFT]),
        offset,
        bytes.length);
  }

  /** Returns a copy of what was written into an added frame. */
  public synchronized byte[] contents(long frame) {
    return contents.getOrDefault(frame, new byte[1 << PAGE_SHIFT]).clone();
  }

  @Override
  public synchronized void remove(long frame) {
    operations.perform(Operation.Kind.REMOVE_FRAME, frame);
    if (!added.remove(frame)) {
      throw new VmiException("frame 0x" + Long.toHexString(frame) + " was not added");
    }
  }
}
