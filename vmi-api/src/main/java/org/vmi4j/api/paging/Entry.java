package org.vmi4j.api.paging;

import java.util.List;
import java.util.Locale;

/**
 * One entry that a page walk read.
 *
 * @param level the name of the table's level as the architecture's manual has it: {@code "PML4"},
 *     {@code "PDPT"}, {@code "level 2"}
 * @param address the guest-physical address of the entry
 * @param value the entry, zero-extended
 * @param flags what its bits say, in words
 */
public record Entry(String level, long address, long value, List<String> flags) {

  /** Keeps its own copy of the flags. */
  public Entry {
    flags = List.copyOf(flags);
  }

  /** As {@code "PML4 entry 0x1234067 at 0x3c01ff8 (present, writable)"}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s entry 0x%x at 0x%x (%s)", level, value, address, String.join(", ", flags));
  }
}
