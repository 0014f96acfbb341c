package org.vmi4j.api.paging;

import static org.vmi4j.api.paging.AddressField.bits;
import static org.vmi4j.api.paging.AddressField.mask;

import java.util.List;

/**
 * Extended page tables, which lead from guest-physical to host-physical addresses: Intel SDM volume
 * 3C, section 28.3.2. An entry is present when it permits anything, so an execute-only page is. An
 * entry that permits writing without reading is a misconfiguration; a reserved memory type is one
 * too, and is not checked here.
 */
final class EptModes {
  private static final long READ = 1;
  private static final long WRITE = 2;
  private static final long EXECUTE = 4;
  private static final long LARGE = 1 << 7;

  private EptModes() {}

  static PagingMode of(int levels) {
    EntryKind top = EntryKind.table(bits(51, 12), mask(7, 3));
    EntryKind table = EntryKind.table(bits(51, 12), mask(6, 3));
    EntryKind huge = EntryKind.page(30, bits(51, 30), mask(29, 12));
    EntryKind large = EntryKind.page(21, bits(51, 21), mask(20, 12));
    EntryKind small = EntryKind.page(12, bits(51, 12), 0);
    List<Level> all =
        List.of(
            Level.of("EPT PML5", 48, 9, e -> classify(e, top, top)),
            Level.of("EPT PML4", 39, 9, e -> classify(e, top, top)),
            Level.of("EPT PDPT", 30, 9, e -> classify(e, table, huge)),
            Level.of("EPT PD", 21, 9, e -> classify(e, table, large)),
            Level.of("EPT PT", 12, 9, e -> classify(e, small, small)));
    return new PagingMode(
        "EPT " + levels + "-level",
        EntryFormat.EPT,
        12 + 9 * levels,
        false,
        Long.BYTES,
        Long.BYTES,
        bits(51, 12),
        all.subList(all.size() - levels, all.size()));
  }

  private static EntryKind classify(long entry, EntryKind plain, EntryKind large) {
    if ((entry & (READ | WRITE | EXECUTE)) == 0) {
      return EntryKind.NOT_PRESENT;
    }
    if ((entry & (READ | WRITE)) == WRITE) {
      return EntryKind.RESERVED;
    }
    return (entry & LARGE) != 0 ? large : plain;
  }
}
