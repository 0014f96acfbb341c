package org.vmi4j.api.paging;

/**
 * What the hot path of a walk has to know of one level: where the entry is, and tests of one
 * comparison for the usual table and the usual page. An entry that fails both may still be valid;
 * the description of the level tells.
 */
final class WalkStep {
  /** A value that nothing equals under the mask 0: the test that always fails. */
  private static final long NEVER = -1;

  private final int number;
  private final int indexShift;
  private final long indexMask;
  private final long tableMask;
  private final long tableValue;
  private final long tableAddress;
  private final long pageMask;
  private final long pageValue;
  private final long pageAddress;
  private final long offsetMask;
  private final long shiftBits;

  WalkStep(int number, Level level, int entryBytes) {
    this.number = number;
    int entryShift = Integer.numberOfTrailingZeros(entryBytes);
    indexShift = level.shift() - entryShift;
    indexMask = ((1L << level.indexBits()) - 1) << entryShift;
    UsualForm table = UsualForm.of(level, Form.Kind.TABLE);
    tableMask = table == null ? 0 : table.mask();
    tableValue = table == null ? NEVER : table.value();
    tableAddress = table == null ? 0 : table.form().address().inPlace();
    UsualForm page = UsualForm.of(level, Form.Kind.PAGE);
    int pageShift = page == null ? 0 : page.form().pageShift();
    pageMask = page == null ? 0 : page.mask();
    pageValue = page == null ? NEVER : page.value();
    pageAddress = page == null ? 0 : page.form().address().inPlace();
    offsetMask = (1L << pageShift) - 1;
    shiftBits = Lookup.mapped(0, pageShift);
  }

  /** The number of the level, counted from the top. */
  int number() {
    return number;
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
