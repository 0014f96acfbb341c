package org.vmi4j.events;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * Breakpoint instructions in copies of the guest's pages, which only instruction fetches see: the
 * copy is in the place of the page in the hooked view, and may neither be read nor written there.
 * An access to data is made in view 0, where the guest's own page is.
 */
final class Hidden implements Placement {
  private static final int PAGE = 1 << PageRange.SHIFT;

  private final PhysicalMemory memory;
  private final byte[] instruction;
  private final Views views;
  private final GuestFrames frames;
  private final FrameWatches watches;
  private final int view;
  private final Map<Long, Shadow> shadows = new HashMap<>();

  /** The copy of one page. */
  private record Shadow(long frame, Set<Long> addresses, Runnable unwatch) {}

  Hidden(
      PhysicalMemory memory,
      byte[] instruction,
      Views views,
      GuestFrames frames,
      FrameWatches watches,
      int view) {
    this.memory = memory;
    this.instruction = instruction;
    this.views = views;
    this.frames = frames;
    this.watches = watches;
    this.view = view;
  }

  @Override
  public void place(long address) {
    long frame = address >>> PageRange.SHIFT;
    Shadow shadow = shadows.get(frame);
    if (shadow == null) {
      shadow = shadow(frame);
      shadows.put(frame, shadow);
    }
    shadow.addresses().add(address);
    write(shadow, address, instruction);
  }

  private Shadow shadow(long frame) {
    long copy = frames.add();
    try {
      frames.write(copy, 0, memory.readBytes(frame << PageRange.SHIFT, PAGE));
      views.remap(view, frame, copy);
      // After the remapping, which resets the rights of the place.
      Runnable unwatch =
          watches.add(PageRange.ofFrames(frame, 1), Set.of(Access.READ, Access.WRITE));
      return new Shadow(copy, new TreeSet<>(), unwatch);
    } catch (RuntimeException | Error e) {
      try {
        views.restore(view, frame);
        frames.remove(copy);
      } catch (RuntimeException | Error later) {
        e.addSuppressed(later);
      }
      throw e;
    }
  }

  @Override
  public void remove(long address) {
    long frame = address >>> PageRange.SHIFT;
    Shadow shadow = shadows.get(frame);
    if (shadow == null || !shadow.addresses().remove(address)) {
      return;
    }
    if (shadow.addresses().isEmpty()) {
      shadows.remove(frame);
      views.restore(view, frame);
      shadow.unwatch().run();
      frames.remove(shadow.frame());
    } else {
      write(shadow, address, memory.readBytes(address, instruction.length));
    }
  }

  private void write(Shadow shadow, long address, byte[] bytes) {
    frames.write(shadow.frame(), (int) (address & PAGE - 1), bytes);
  }

  @Override
  public void lift(long address) {
    // The processor executes the instruction in view 0.
  }

  @Override
  public void restore(long address) {
    // Nothing was lifted.
  }

  @Override
  public int original(long address, byte[] into) {
    int room = PAGE - (int) (address & PAGE - 1);
    return memory.readAvailable(address, into, 0, Math.min(into.length, room));
  }

  @Override
  public void refresh(long frame) {
    Shadow shadow = shadows.get(frame);
    if (shadow != null) {
      frames.write(shadow.frame(), 0, memory.readBytes(frame << PageRange.SHIFT, PAGE));
      shadow.addresses().forEach(address -> write(shadow, address, instruction));
    }
  }
}
