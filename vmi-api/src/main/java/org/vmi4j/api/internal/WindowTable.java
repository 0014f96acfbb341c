package org.vmi4j.api.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;

/**
 * The windows of a memory that are mapped, at most as many as the source allows.
 *
 * <p>Complete windows are in a table of their own, the only one that the hot path reads; it does
 * not record which windows it uses. So a window is evicted in two steps. The first removes it from
 * that table only; the next access finds it here and restores it. The second step evicts a window
 * without an access since. Its memory stays readable until no buffer refers to it: the source
 * ensures that.
 */
public final class WindowTable {
  private static final VarHandle COMPLETE = MethodHandles.arrayElementVarHandle(ByteBuffer[].class);
  private static final int WINDOW_SHIFT = 21;

  /** Windows beyond this address (4 TiB) are in a map: no table is that large. */
  private static final long TABLE_END = 1L << 42;

  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final FrameSource source;
  private final int limit;
  private final long absenceLifetime;
  private final AtomicReferenceArray<Slot> near;
  private final Map<Long, Slot> far = new ConcurrentHashMap<>();
  private final ByteBuffer[] complete;

  /** The windows counted against the limit, in a ring; guarded by this. */
  private long[] ring = new long[16];

  private int count;
  private int hand;
  private boolean closed;

  /** A window, when the source was asked for it, and whether it was used lately. */
  private static final class Slot {
    private final Window window;
    private final long asked;
    private boolean recent = true;

    Slot(Window window, long asked) {
      this.window = window;
      this.asked = asked;
    }
  }

  /**
   * Creates an empty table.
   *
   * @param source where windows come from
   */
  public WindowTable(FrameSource source) {
    this.source = source;
    this.limit = Math.max(1, source.windowLimit());
    this.absenceLifetime = source.absenceLifetime();
    int slots = (int) ((Math.min(source.end(), TABLE_END) + Window.SIZE - 1) >>> WINDOW_SHIFT);
    this.near = new AtomicReferenceArray<>(slots);
    this.complete = new ByteBuffer[slots];
  }

  /**
   * The buffer of the complete window around an address, or {@code null} if it needs {@link
   * #windowAt}.
   *
   * <p>The load is opaque, so that no loop of the caller's keeps the address of a window from one
   * round to the next without the buffer: it might be unmapped in between.
   */
  public ByteBuffer complete(long address) {
    ByteBuffer[] table = complete;
    long index = address >>> WINDOW_SHIFT;
    return index < table.length ? (ByteBuffer) COMPLETE.getOpaque(table, (int) index) : null;
  }

  /** The part of memory around an address below the end, or {@code null} where there is none. */
  public Window.Extent extentAt(long address) {
    long index = address >>> WINDOW_SHIFT;
    int offset = (int) address & Window.SIZE - 1;
    Slot slot = slot(index);
    Window.Extent extent = slot.window.extentAt(offset);
    if (extent == null && isStale(slot)) {
      extent = askAgain(index, slot).window.extentAt(offset);
    }
    return extent;
  }

  /** The window around an address below the end, with what is known to be there by now. */
  public Window windowAt(long address) {
    long index = address >>> WINDOW_SHIFT;
    Slot slot = slot(index);
    boolean whole = slot.window.whole() != null;
    return (!whole && isStale(slot) ? askAgain(index, slot) : slot).window;
  }

  /**
   * Forgets every window, and keeps none from now on: one that another thread is mapping would be
   * read after it.
   */
  public synchronized void close() {
    closed = true;
    for (int i = 0; i < near.length(); i++) {
      near.set(i, null);
      COMPLETE.setOpaque(complete, i, null);
    }
    far.clear();
    count = 0;
    hand = 0;
  }

  private Slot slot(long index) {
    Slot slot = get(index);
    if (slot == null) {
      return keep(index, null, source.map(index << WINDOW_SHIFT));
    }
    if (!slot.recent) {
      use(index, slot);
    }
    return slot;
  }

  private boolean isStale(Slot slot) {
    return absenceLifetime != FrameSource.FOR_EVER
        && System.nanoTime() - slot.asked > absenceLifetime;
  }

  private Slot askAgain(long index, Slot known) {
    return keep(index, known, source.retry(index << WINDOW_SHIFT, known.window));
  }

  /** Replaces the known window, unless another thread already has. */
  private Slot keep(long index, Slot before, Window window) {
    Slot slot = new Slot(window, System.nanoTime());
    if (isFar(index) && limit == UNLIMITED) {
      return slot;
    }
    synchronized (this) {
      Slot now = get(index);
      if (closed) {
        return slot;
      }
      if (now != before) {
        return now == null ? slot : now;
      }
      set(index, slot);
      boolean counted = before != null && counts(index, before.window);
      if (limit != UNLIMITED && !counted && counts(index, window)) {
        admit(index);
      }
      show(index, slot);
    }
    return slot;
  }

  private synchronized void use(long index, Slot slot) {
    slot.recent = true;
    if (get(index) == slot) {
      show(index, slot);
    }
  }

  private void show(long index, Slot slot) {
    ByteBuffer whole = slot.window.whole();
    if (whole != null && !isFar(index)) {
      // A reader in another thread must not see the buffer before its fields.
      COMPLETE.setRelease(complete, (int) index, whole);
    }
  }

  /** An absent window costs no space in the table, but does in the map. */
  private boolean counts(long index, Window window) {
    return window != Window.ABSENT || isFar(index);
  }

  /** Adds a window to the ring, evicting another one when it is full. */
  private void admit(long index) {
    if (count < limit) {
      if (count == ring.length) {
        ring = java.util.Arrays.copyOf(ring, (int) Math.min(limit, 2L * count));
      }
      ring[count++] = index;
      return;
    }
    while (true) {
      long candidate = ring[hand];
      Slot slot = get(candidate);
      if (slot == null || !counts(candidate, slot.window) || !slot.recent) {
        set(candidate, null);
        hide(candidate);
        ring[hand] = index;
        hand = (hand + 1) % count;
        return;
      }
      slot.recent = false;
      hide(candidate);
      hand = (hand + 1) % count;
    }
  }

  private void hide(long index) {
    if (!isFar(index)) {
      COMPLETE.setOpaque(complete, (int) index, null);
    }
  }

  private boolean isFar(long index) {
    return index >= near.length();
  }

  private Slot get(long index) {
    return isFar(index) ? far.get(index) : near.get((int) index);
  }

  private void set(long index, Slot slot) {
    if (!isFar(index)) {
      near.set((int) index, slot);
    } else if (slot == null) {
      far.remove(index);
    } else {
      far.put(index, slot);
    }
  }
}
