package org.vmi4j.api.paging;

import java.util.Objects;
import org.vmi4j.api.Progress;
import org.vmi4j.api.internal.EntryReader;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.memory.ReadBatch;

/**
 * Virtual memory: physical memory as mapped by the tables under one root, or under the two roots of
 * Arm. Every read walks the tables as they are at that moment; nothing that the guest can change is
 * kept.
 *
 * <p>Scalar reads and {@link #lookup} allocate nothing. An address space holds no resource, is
 * immutable, and may be used by several threads.
 */
public final class AddressSpace extends Memory {
  private static final int SMALL_PAGE = 4096;
  private static final int STEPS_PER_PROGRESS = 1 << 12;

  private final PhysicalMemory memory;
  private final EntryReader entries;
  private final Region first;
  private final Region second;
  private final boolean lowFirst;
  private final SoftwareEntries software;
  private final int pointerSize;

  // The fields of the first region again: one object fewer in every read is measurable.
  // An address is in it if the masked sum of address and bias is the value.
  private final long firstBias;
  private final long firstMask;
  private final long firstValue;
  private final long firstRoot;
  private final PageWalker firstWalker;

  private AddressSpace(
      PhysicalMemory memory,
      Region first,
      Region second,
      boolean lowFirst,
      SoftwareEntries software,
      int pointerSize) {
    this.memory = memory;
    this.entries = memory.entries();
    this.pointerSize = pointerSize;
    this.first = first;
    this.second = second;
    this.lowFirst = lowFirst;
    this.software = software;
    // Where one table serves both ends, as on x86, a sum wraps the high one around to the low one,
    // and one comparison decides whether an address is in either.
    boolean both = first.isUnderTableOf(second) && first.isOtherEndOf(second);
    this.firstBias = both ? Long.lowestOneBit(first.mask()) : 0;
    this.firstMask = first.mask() - firstBias;
    this.firstValue = both ? 0 : first.value();
    this.firstRoot = first.reachableRoot();
    this.firstWalker = first.mode().walker();
  }

  /**
   * An address space with one top table.
   *
   * @param mode how the tables are laid out
   * @param root the guest-physical address of the top table, as {@link PagingMode#rootOf} gives it
   */
  public static AddressSpace of(PhysicalMemory memory, PagingMode mode, long root) {
    int bits = mode.addressBits();
    return mode.signExtended()
        ? highFirst(
            memory, Region.low(mode, root, bits - 1), Region.high(mode, root, bits - 1, Long.SIZE))
        : lowFirst(memory, Region.low(mode, root, bits), Region.low(mode, root, bits));
  }

  /** An address space of two regions; what lies in both belongs to the low one. */
  static AddressSpace lowFirst(PhysicalMemory memory, Region low, Region high) {
    return new AddressSpace(
        memory, low, high, true, SoftwareEntries.NONE, low.mode().pointerSize());
  }

  /** An address space of two regions; what lies in both belongs to the high one. */
  static AddressSpace highFirst(PhysicalMemory memory, Region low, Region high) {
    return new AddressSpace(
        memory, high, low, false, SoftwareEntries.NONE, low.mode().pointerSize());
  }

  /** The same address space, with entries that are not present read as the guest's kernel would. */
  public AddressSpace with(SoftwareEntries entries) {
    return new AddressSpace(memory, first, second, lowFirst, entries, pointerSize);
  }

  /**
   * The same address space with another size of pointers, as a program of 32 bits under a kernel of
   * 64 bits has it.
   *
   * @param bytes 4 or 8
   */
  public AddressSpace withPointerSize(int bytes) {
    return new AddressSpace(memory, first, second, lowFirst, software, checkPointerSize(bytes));
  }

  /**
   * The same address space with another top table for the low addresses, as another process has it;
   * where one table serves all addresses, as on x86, it is replaced for all.
   */
  public AddressSpace withLowRoot(long root) {
    boolean one = first.isUnderTableOf(second);
    return new AddressSpace(
        memory,
        one || lowFirst ? first.withRoot(root) : first,
        one || !lowFirst ? second.withRoot(root) : second,
        lowFirst,
        software,
        pointerSize);
  }

  /** The size of a pointer: that of the paging mode, or of {@link #withPointerSize}. */
  @Override
  public int pointerSize() {
    return pointerSize;
  }

  private Region low() {
    return lowFirst ? first : second;
  }

  /** The paging mode of the low addresses; on x86, of all. */
  public PagingMode mode() {
    return low().mode();
  }

  /** The guest-physical address of the top table of the low addresses; on x86, of all. */
  public long root() {
    return low().root();
  }

  /**
   * The guest-physical address of the top table of the high addresses, which a kernel has for its
   * own on AArch64; on x86, of all.
   */
  public long highRoot() {
    return (lowFirst ? second : first).root();
  }

  /** The physical memory that the tables lie in and lead to. */
  public PhysicalMemory physicalMemory() {
    return memory;
  }

  /**
   * Translates an address without allocating.
   *
   * @return a {@link Lookup}: negative when the address is not mapped
   */
  public long lookup(long va) {
    if ((va + firstBias & firstMask) == firstValue) {
      return firstWalker.walk(entries, firstRoot, va, software);
    }
    return lookupSecond(va);
  }

  private long lookupSecond(long va) {
    Region region = second;
    return region.contains(va)
        ? region.mode().walker().walk(entries, region.reachableRoot(), va, software)
        : Lookup.missing(Lookup.NON_CANONICAL, Long.numberOfTrailingZeros(region.mask()) & 63);
  }

  /** Translates an address and keeps every entry of the walk, for display. */
  public Translation translate(long va) {
    Region region = first.contains(va) ? first : second;
    if (!region.contains(va)) {
      return new Translation.NonCanonical(va, rule());
    }
    WalkTrace trace = new WalkTrace(region.mode(), memory);
    long lookup =
        region.mode().walker().walkExactly(entries, 0, region.root(), va, software, trace);
    return trace.translation(va, lookup, software);
  }

  private String rule() {
    PagingMode mode = mode();
    return mode.signExtended()
        ? "in " + mode + " the bits above bit " + (mode.addressBits() - 1) + " repeat it"
        : mode + " translates " + mode.addressBits() + " bits";
  }

  /** Receives the pages of a range. */
  @FunctionalInterface
  public interface PageVisitor {
    /**
     * Receives one page, or the part of it within the range.
     *
     * @param va its first virtual address
     * @param pa its first guest-physical address
     * @param length its length in bytes
     * @return whether to go on
     */
    boolean visit(long va, long pa, long length);
  }

  /**
   * Visits the mapped pages of a range, with a {@link PageBudget} of its own and without progress.
   *
   * @see #forEachPage(long, long, PageBudget, Progress, PageVisitor)
   */
  public void forEachPage(long from, long last, PageVisitor visitor) {
    forEachPage(from, last, PageBudget.of(memory), Progress.NONE, visitor);
  }

  /**
   * Visits the mapped pages of a range, in ascending order. Regions that are not mapped are skipped
   * by the entry, so a sparse range is quick.
   *
   * @param from the first virtual address
   * @param last the last virtual address; a range that ends before it begins has no pages
   * @param budget what is charged with each page and each entry that maps nothing
   * @param progress receives the progress in bytes of the range; what it throws ends the visit
   * @param visitor receives each page, until it stops the visit
   * @throws PageBudgetExceededException if the budget is used up before the end of the range
   */
  public void forEachPage(
      long from, long last, PageBudget budget, Progress progress, PageVisitor visitor) {
    if (Long.compareUnsigned(last, from) < 0) {
      return;
    }
    long va = from;
    for (int step = 1; ; step++) {
      if (step % STEPS_PER_PROGRESS == 0) {
        progress.advance(va - from, last - from + 1);
      }
      long found = lookup(va);
      boolean mapped = Lookup.isMapped(found);
      long size = mapped ? Lookup.pageSize(found) : Lookup.span(found);
      long end = (va & -size) + size - 1;
      boolean finished = Long.compareUnsigned(end - from, last - from) >= 0;
      if (finished) {
        end = last;
      }
      if (mapped) {
        budget.chargePage(end - va + 1);
      } else {
        budget.chargeHole();
      }
      if (mapped && !visitor.visit(va, Lookup.physical(found), end - va + 1)) {
        return;
      }
      if (finished) {
        return;
      }
      va = end + 1;
    }
  }

  // Each scalar read calls lookup itself. The JIT compiler inlines no method that is already
  // compiled to much code: with one more method between, reads take a fifth longer.
  @Override
  public byte readByte(long address) {
    long found = lookup(address);
    if (found < 0) {
      throw fault(address, 0);
    }
    return memory.readByte(Lookup.physical(found));
  }

  @Override
  public short readShort(long address) {
    if (crosses(address, Short.BYTES)) {
      return (short) readByParts(address, Short.BYTES);
    }
    long found = lookup(address);
    if (found < 0) {
      throw fault(address, 0);
    }
    return memory.readShort(Lookup.physical(found));
  }

  @Override
  public int readInt(long address) {
    if (crosses(address, Integer.BYTES)) {
      return (int) readByParts(address, Integer.BYTES);
    }
    long found = lookup(address);
    if (found < 0) {
      throw fault(address, 0);
    }
    return memory.readInt(Lookup.physical(found));
  }

  @Override
  public long readLong(long address) {
    if (crosses(address, Long.BYTES)) {
      return readByParts(address, Long.BYTES);
    }
    long found = lookup(address);
    if (found < 0) {
      throw fault(address, 0);
    }
    return memory.readLong(Lookup.physical(found));
  }

  private static boolean crosses(long address, int bytes) {
    return ((int) address & SMALL_PAGE - 1) > SMALL_PAGE - bytes;
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    int done = 0;
    while (done < length) {
      long va = address + done;
      long found = lookup(va);
      if (found < 0) {
        break;
      }
      int count = inPage(va, found, length - done);
      int got = memory.readAvailable(Lookup.physical(found), into, offset + done, count);
      done += got;
      if (got < count) {
        break;
      }
    }
    return done;
  }

  /** Returns how many of some bytes are in the page that an address was found in. */
  private static int inPage(long va, long found, int bytes) {
    long size = Lookup.pageSize(found);
    return (int) Math.min(bytes, size - (va & size - 1));
  }

  /** Translates all reads first: physical memory answers them in one batch. */
  @Override
  protected void answer(ReadBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      int length = batch.length(i);
      int done = 0;
      while (done < length) {
        long va = batch.address(i) + done;
        long found = lookup(va);
        if (found < 0) {
          break;
        }
        int count = inPage(va, found, length - done);
        batch.addPart(i, Lookup.physical(found), done, count);
        done += count;
      }
    }
    batch.answerByParts(memory);
  }

  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, from.length);
    int done = 0;
    while (done < length) {
      long va = address + done;
      long found = lookup(va);
      if (found < 0) {
        break;
      }
      int count = inPage(va, found, length - done);
      int got = memory.writeAvailable(Lookup.physical(found), from, offset + done, count);
      done += got;
      if (got < count) {
        break;
      }
    }
    return done;
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    Translation translation = translate(address);
    String why = translation.explanation();
    if (translation.physical().isPresent()) {
      why += ", where the machine has no memory";
    }
    return new TranslationFault(
        "no memory at virtual address 0x" + Long.toHexString(address) + ": " + why,
        address,
        completed,
        translation);
  }

  @Override
  public String toString() {
    return mode() + " under root 0x" + Long.toHexString(root());
  }
}
