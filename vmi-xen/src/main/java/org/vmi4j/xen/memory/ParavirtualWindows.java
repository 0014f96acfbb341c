package org.vmi4j.xen.memory;

import static org.vmi4j.xen.memory.ForeignMemory.PAGE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.LibC;

/**
 * Finds the memory of a paravirtual guest of 64 bits, which lies scattered over that of the
 * machine. The guest keeps a list of its frames for Xen's own tools, whose place is in the page
 * that it shares with Xen ({@code struct arch_shared_info} of {@code
 * xen/include/public/arch-x86/xen.h}): as an array in an address space of its own, or as a tree of
 * frames. It may write nonsense there; a frame that is not its own cannot be mapped. A guest
 * without a list is sampled like any other.
 */
public final class ParavirtualWindows implements PresentWindows {
  private static final int ENTRIES = PAGE / Long.BYTES;
  private static final int ENTRY_BITS = 9;
  private static final int PAGE_BITS = 12;
  private static final int TABLE_LEVELS = 4;
  private static final int MAX_FRAMES_AT = 3088;
  private static final int TREE_AT = 3096;
  private static final int ROOT_AT = 3112;
  private static final int ARRAY_AT = 3120;
  private static final long NONE = -1;
  private static final long ENTRY_PRESENT = 1;
  private static final long ENTRY_FRAME = 0x000f_ffff_ffff_f000L;
  private static final long LIFETIME = TimeUnit.SECONDS.toNanos(10);

  /** How many times as many entries as it has pages a guest's list may have: it has holes. */
  private static final long HOLES = 4;

  private final XenDomain domain;
  private final ForeignMemory memory;
  private final long frames;
  private final PresentWindows sampled;
  private BitSet windows = new BitSet();
  private long asked;

  public ParavirtualWindows(
      XenDomain domain, ForeignMemory memory, long frames, PresentWindows sampled) {
    this.domain = domain;
    this.memory = memory;
    this.frames = frames;
    this.sampled = sampled;
  }

  @Override
  public synchronized long next(long window) {
    if (asked == 0 || System.nanoTime() - asked > LIFETIME) {
      windows = find();
      asked = System.nanoTime();
    }
    if (windows.isEmpty()) {
      return sampled.next(window);
    }
    int next = windows.nextSetBit((int) (window / Window.SIZE));
    return next < 0 ? next : (long) next * Window.SIZE;
  }

  private BitSet find() {
    BitSet found = new BitSet();
    long[] shared = read(new long[] {domain.info().sharedInfoFrame()});
    long most = HOLES * domain.info().pages() + (1 << 20);
    long count = Math.min(shared[MAX_FRAMES_AT / Long.BYTES], most);
    if (count <= 0) {
      return found;
    }
    long root = shared[ROOT_AT / Long.BYTES];
    long[] lists =
        root != 0
            ? array(root >>> PAGE_BITS, shared[ARRAY_AT / Long.BYTES], count)
            : tree(shared[TREE_AT / Long.BYTES], count);
    for (int i = 0; i < lists.length; i += ENTRIES) {
      long[] some = Arrays.copyOfRange(lists, i, Math.min(lists.length, i + ENTRIES));
      for (long frame : read(some)) {
        // What is above has no frame, or another domain's: marks in the highest bits say so.
        if (frame >= 0 && frame < frames) {
          found.set((int) (frame * PAGE / Window.SIZE));
        }
      }
    }
    return found;
  }

  /** The frames of an array, by the page tables of the address space that it is in. */
  private long[] array(long root, long address, long count) {
    long last = address + (count - 1) * Long.BYTES;
    if (Long.compareUnsigned(last, address) < 0) {
      return new long[0];
    }
    long[] tables = {root};
    for (int level = TABLE_LEVELS; level > 0; level--) {
      int shift = PAGE_BITS + ENTRY_BITS * (level - 1);
      long first = address >>> shift & ENTRIES - 1;
      long entries = (last >>> shift) - (address >>> shift) + 1;
      tables = follow(tables, first, entries, ParavirtualWindows::frameOf);
    }
    return tables;
  }

  /** The frames of the leaves of a tree of three levels, of which the last is the list. */
  private long[] tree(long root, long count) {
    long pages = (count + ENTRIES - 1) / ENTRIES;
    long[] tops = {root};
    long[] middles = follow(tops, 0, (pages + ENTRIES - 1) / ENTRIES, LongUnaryOperator.identity());
    return follow(middles, 0, pages, LongUnaryOperator.identity());
  }

  private static long frameOf(long entry) {
    return (entry & ENTRY_PRESENT) == 0 ? NONE : (entry & ENTRY_FRAME) >>> PAGE_BITS;
  }

  /** The frames that some entries of a row of tables lead to. */
  private long[] follow(long[] tables, long first, long count, LongUnaryOperator frameOf) {
    long there = (long) tables.length * ENTRIES - first;
    long[] next = new long[(int) Math.min(count, there)];
    int filled = 0;
    for (int i = 0; i < tables.length && filled < next.length; i += ENTRIES) {
      long[] entries = read(Arrays.copyOfRange(tables, i, Math.min(tables.length, i + ENTRIES)));
      for (int j = i == 0 ? (int) first : 0; j < entries.length && filled < next.length; j++) {
        next[filled++] = frameOf.applyAsLong(entries[j]);
      }
    }
    return next;
  }

  /** The numbers in at most 512 pages; -1 in each of a page that is not the guest's. */
  private long[] read(long[] pages) {
    long[] numbers = new long[pages.length * ENTRIES];
    Arrays.fill(numbers, NONE);
    long[] mappable = new long[pages.length];
    for (int i = 0; i < pages.length; i++) {
      mappable[i] = pages[i] >= 0 && pages[i] < frames ? pages[i] : frames;
    }
    int[] errors = new int[pages.length];
    long mapped = memory.map(LibC.PROT_READ, mappable, errors);
    try {
      ByteBuffer bytes = ForeignMemory.bytes(mapped, pages.length).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < pages.length; i++) {
        if (errors[i] == 0) {
          bytes
              .slice(i * PAGE, PAGE)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asLongBuffer()
              .get(numbers, i * ENTRIES, ENTRIES);
        }
      }
    } catch (InternalError e) {
      throw new VmiException(
          "memory of the domain " + domain + " was revoked while it was read", e);
    } finally {
      memory.unmap(mapped, pages.length);
    }
    return numbers;
  }
}
