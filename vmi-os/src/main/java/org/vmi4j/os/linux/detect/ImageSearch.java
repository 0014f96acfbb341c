package org.vmi4j.os.linux.detect;

import java.util.OptionalLong;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.os.linux.arch.ProcessorTables;

/**
 * Finds where page tables may map a kernel's image: the start of a range that is contiguous in
 * virtual and physical memory and holds code. On arm64 the first 64 KiB are not code, and in some
 * releases are mapped as code or not at all (arch/arm64/kernel/vmlinux.lds.S, mm/mmu.c).
 */
final class ImageSearch {
  private final AddressSpace space;
  private final long last;
  private final long smallest;
  private final int maxSteps;
  private long va;
  private boolean finished;
  private int steps;

  // The contiguous range that the search is in.
  private long start;
  private long physical;
  private long length;

  /**
   * @param tables where to search, and for what size
   * @param maxSteps the maximum number of pages and holes to examine: self-referencing tables of a
   *     hostile guest map everything, or contain a hole for every page
   */
  ImageSearch(ProcessorTables tables, int maxSteps) {
    this.space = tables.space();
    this.va = tables.imageFrom();
    this.last = tables.imageLast();
    this.smallest = tables.imagePiece();
    this.maxSteps = maxSteps;
  }

  /** Returns the number of pages and holes examined. */
  int steps() {
    return steps;
  }

  /** Returns the start of the next candidate, if there is one. */
  OptionalLong next() {
    while (!finished && steps < maxSteps) {
      steps++;
      long before = step();
      if (before < smallest && length >= smallest && isCode(start + smallest / 2)) {
        return OptionalLong.of(start);
      }
    }
    return OptionalLong.empty();
  }

  /** Advances over a page or a hole and returns how much of its contiguous range precedes it. */
  private long step() {
    long found = space.lookup(va);
    boolean mapped = Lookup.isMapped(found);
    long size = mapped ? Lookup.pageSize(found) : Lookup.span(found);
    long next = (va & -size) + size;
    if (!mapped || length == 0 || Lookup.physical(found) != physical + length) {
      start = va;
      physical = mapped ? Lookup.physical(found) : 0;
      length = 0;
    }
    long before = length;
    length += mapped ? next - va : 0;
    finished = Long.compareUnsigned(next - 1, last) >= 0;
    va = next;
    return before;
  }

  private boolean isCode(long address) {
    return space.translate(address) instanceof Translation.Mapped mapped
        && mapped.access().execute();
  }
}
