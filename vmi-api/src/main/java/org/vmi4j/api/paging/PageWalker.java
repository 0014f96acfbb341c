package org.vmi4j.api.paging;

import java.util.List;
import org.vmi4j.api.internal.EntryReader;

/**
 * The one page walk of all modes. {@link #walkExactly} follows the description of the mode to the
 * letter. {@link #walk} is the hot path: it holds the fast-path matches of each level as plain
 * numbers, and continues with the exact walk at the first entry that matches none.
 */
class PageWalker {
  private static final int MAX_DEPTH = 5;
  private static final int HOT_DEPTH = 3;
  private static final int IDENTITY_SHIFT = 12;

  private final List<Level> levels;
  private final int depth;
  private final int entryBytes;

  /** Whether the hot path handles these tables: 64-bit entries, and no fewer than three levels. */
  private final boolean hot;

  // The steps by how many levels are left, this one included. As fields and not as an array: the
  // loop over an array is twice as slow.
  private final WalkStep fifth;
  private final WalkStep fourth;
  private final WalkStep third;
  private final WalkStep second;
  private final WalkStep last;

  PageWalker(List<Level> levels, int entryBytes) {
    if (levels.size() > MAX_DEPTH) {
      throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels");
    }
    this.levels = levels;
    this.depth = levels.size();
    this.entryBytes = entryBytes;
    this.hot = depth >= HOT_DEPTH && entryBytes == Long.BYTES;
    this.fifth = step(levels, entryBytes, 5);
    this.fourth = step(levels, entryBytes, 4);
    this.third = step(levels, entryBytes, 3);
    this.second = step(levels, entryBytes, 2);
    this.last = step(levels, entryBytes, 1);
  }

  /** The walker of some tables. */
  static PageWalker of(List<Level> levels, int entryBytes) {
    if (levels.equals(LongModeWalker.LEVELS)) {
      return new LongModeWalker();
    }
    if (levels.equals(Granule4kWalker.LEVELS)) {
      return new Granule4kWalker();
    }
    return new PageWalker(levels, entryBytes);
  }

  /** Returns the step {@code left} levels from the end (1 is the leaf), or {@code null}. */
  static WalkStep step(List<Level> levels, int entryBytes, int left) {
    int number = levels.size() - left;
    return number < 0 ? null : WalkStep.of(number, levels.get(number), entryBytes);
  }

  /**
   * Walks the tables.
   *
   * @param root the guest-physical address of the top table
   * @return a {@link Lookup}
   */
  final long walk(EntryReader memory, long root, long va, SoftwareEntries software) {
    try {
      return walkBySteps(memory, root, va, software);
    } catch (InternalError gone) {
      // A table whose page was revoked: the exact walk reads it again, and reports the address.
      return walkExactly(memory, 0, root, va, software, null);
    }
  }

  /** The hot path. */
  long walkBySteps(EntryReader memory, long root, long va, SoftwareEntries software) {
    if (!hot) {
      return walkExactly(memory, 0, root, va, software, null);
    }
    long table = root;
    if (fifth != null) {
      long entry = memory.entryInPlace(fifth.entryAt(table, va));
      if (!fifth.isTable(entry)) {
        return leave(memory, fifth, table, entry, va, software);
      }
      table = fifth.table(entry);
    }
    if (fourth != null) {
      long entry = memory.entryInPlace(fourth.entryAt(table, va));
      if (!fourth.isTable(entry)) {
        return leave(memory, fourth, table, entry, va, software);
      }
      table = fourth.table(entry);
    }
    return walkThree(third, second, last, memory, table, va, software);
  }

  /** Walks three levels of tables by steps: the last part of every hot walk. */
  final long walkThree(
      WalkStep third,
      WalkStep second,
      WalkStep last,
      EntryReader memory,
      long root,
      long va,
      SoftwareEntries software) {
    WalkStep step = third;
    long table = root;
    long entry = memory.entryInPlace(third.entryAt(table, va));
    if (third.isTable(entry)) {
      step = second;
      table = third.table(entry);
      entry = memory.entryInPlace(second.entryAt(table, va));
      if (second.isTable(entry)) {
        step = last;
        table = second.table(entry);
        entry = memory.entryInPlace(last.entryAt(table, va));
        if (last.isPage(entry)) {
          return last.page(entry, va);
        }
      }
    }
    return leave(memory, step, table, entry, va, software);
  }

  final long leave(
      EntryReader memory,
      WalkStep step,
      long table,
      long entry,
      long va,
      SoftwareEntries software) {
    return step.isPage(entry)
        ? step.page(entry, va)
        : walkExactly(memory, step.number(), table, va, software, null);
  }

  /**
   * Walks the tables from a level on.
   *
   * @param from the number of that level, counted from the top
   * @param start the guest-physical address of the table of that level
   * @param trace receives every entry, or {@code null}
   * @return a {@link Lookup}
   */
  long walkExactly(
      EntryReader memory,
      int from,
      long start,
      long va,
      SoftwareEntries software,
      WalkTrace trace) {
    long table = start;
    for (int number = from; number < depth; number++) {
      Level level = levels.get(number);
      int shift = level.shift();
      long at = table + (va >>> shift & (1L << level.indexBits()) - 1) * entryBytes;
      long entry = memory.readEntry(at, entryBytes);
      if (trace != null) {
        trace.step(number, at, entry);
      }
      EntryKind kind = level.kind(entry);
      if (kind.role() == EntryKind.Role.NOT_PRESENT) {
        return notPresent(entry, va, shift, software);
      }
      if (kind.role() == EntryKind.Role.RESERVED || (entry & kind.reserved()) != 0) {
        return Lookup.missing(Lookup.RESERVED, shift);
      }
      if (kind.role() == EntryKind.Role.PAGE) {
        long offset = va & (1L << kind.pageShift()) - 1;
        return Lookup.mapped(kind.address().of(entry) | offset, kind.pageShift());
      }
      table = kind.address().of(entry);
    }
    return Lookup.mapped(va, IDENTITY_SHIFT);
  }

  private static long notPresent(long entry, long va, int shift, SoftwareEntries software) {
    if (entry != 0) {
      long page = software.resident(entry, shift);
      if (page >= 0) {
        return Lookup.mapped(page | va & (1L << shift) - 1, shift);
      }
    }
    return Lookup.missing(Lookup.NOT_PRESENT, shift);
  }
}
