package org.vmi4j.api.paging;

/**
 * One level for the hot path of a walk: where the entry is, and the fast-path matches for a table
 * and for a page. An entry that fails both may still be valid; the description of the level
 * decides.
 *
 * <p>A record, because the JIT compiler takes the fields of a record that a constant refers to for
 * constants as well.
 */
record WalkStep(
    int number,
    int indexShift,
    long indexMask,
    long tableMask,
    long tableValue,
    long tableAddress,
    long pageMask,
    long pageValue,
    long pageAddress,
    long offsetMask,
    long shiftBits) {
  /** A value that nothing equals under the mask 0: the test that always fails. */
  private static final long NEVER = -1;

  /**
   * Derives the step from the description of a level.
   *
   * @param number the number of the level, counted from the top
   */
  static WalkStep of(int number, Level level, int entryBytes) {
    int entryShift = Integer.numberOfTrailingZeros(entryBytes);
    FastPathMatch table = FastPathMatch.of(level, EntryKind.Role.TABLE);
    FastPathMatch page = FastPathMatch.of(level, EntryKind.Role.PAGE);
    int pageShift = page == null ? 0 : page.kind().pageShift();
    return new WalkStep(
        number,
        level.shift() - entryShift,
        ((1L << level.indexBits()) - 1) << entryShift,
        table == null ? 0 : table.mask(),
        table == null ? NEVER : table.value(),
        table == null ? 0 : table.kind().address().inPlace(),
        page == null ? 0 : page.mask(),
        page == null ? NEVER : page.value(),
        page == null ? 0 : page.kind().address().inPlace(),
        (1L << pageShift) - 1,
        Lookup.mapped(0, pageShift));
  }

  long entryAt(long table, long va) {
    return table + (va >>> indexShift & indexMask);
  }

  boolean isTable(long entry) {
    return (entry & tableMask) == tableValue;
  }

  long table(long entry) {
    return entry & tableAddress;
  }

  boolean isPage(long entry) {
    return (entry & pageMask) == pageValue;
  }

  long page(long entry, long va) {
    return entry & pageAddress | va & offsetMask | shiftBits;
  }
}
