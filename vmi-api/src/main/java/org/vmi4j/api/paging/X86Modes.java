package org.vmi4j.api.paging;

import static org.vmi4j.api.paging.AddressField.bits;
import static org.vmi4j.api.paging.AddressField.mask;

import java.util.List;

/**
 * The paging modes of x86: Intel SDM volume 3A, section 4.3 (32-bit), 4.4 (PAE), 4.5 (4-level and
 * 5-level).
 */
final class X86Modes {
  private static final long PRESENT = 1;
  private static final long LARGE = 1 << 7;

  /** The largest physical address width of the architecture, SDM volume 3A section 4.1.4. */
  static final int MAX_PHYSICAL_BITS = 52;

  private X86Modes() {}

  /** 32-bit paging: two levels; 4 MiB pages with CR4.PSE, above 4 GiB with PSE-36. */
  static PagingMode legacy(String name, boolean pse, int physicalBits) {
    EntryKind table = EntryKind.table(bits(31, 12), 0);
    EntryKind large =
        EntryKind.page(
            22,
            bits(31, 22).with(physicalBits - 20, 13, 19),
            mask(21, Math.max(physicalBits - 19, 13)));
    EntryKind small = EntryKind.page(12, bits(31, 12), 0);
    return new PagingMode(
        name,
        EntryFormat.X86,
        32,
        false,
        Integer.BYTES,
        Integer.BYTES,
        bits(31, 12),
        List.of(
            Level.of(
                "PD",
                22,
                10,
                e -> absent(e) ? EntryKind.NOT_PRESENT : pse && large(e) ? large : table),
            Level.of("PT", 12, 10, e -> absent(e) ? EntryKind.NOT_PRESENT : small)));
  }

  /** PAE paging: a table of four entries without rights of their own, and two levels of 512. */
  static PagingMode pae(int physicalBits) {
    long high = mask(62, physicalBits);
    EntryKind directory =
        EntryKind.table(
            bits(physicalBits - 1, 12), mask(63, physicalBits) | mask(8, 5) | mask(2, 1));
    EntryKind table = EntryKind.table(bits(physicalBits - 1, 12), high);
    EntryKind large = EntryKind.page(21, bits(physicalBits - 1, 21), high | mask(20, 13));
    EntryKind small = EntryKind.page(12, bits(physicalBits - 1, 12), high);
    return new PagingMode(
        "x86 PAE",
        EntryFormat.X86,
        32,
        false,
        Integer.BYTES,
        Long.BYTES,
        bits(31, 5),
        List.of(
            Level.of("PDPT", 30, 2, e -> absent(e) ? EntryKind.NOT_PRESENT : directory),
            Level.of(
                "PD", 21, 9, e -> absent(e) ? EntryKind.NOT_PRESENT : large(e) ? large : table),
            Level.of("PT", 12, 9, e -> absent(e) ? EntryKind.NOT_PRESENT : small)));
  }

  /** 4-level and 5-level paging. */
  static PagingMode longMode(int levels, int physicalBits) {
    return new PagingMode(
        "x86-64 " + levels + "-level",
        EntryFormat.X86,
        12 + 9 * levels,
        true,
        Long.BYTES,
        Long.BYTES,
        bits(51, 12),
        longLevels(levels, physicalBits));
  }

  /** The levels of it. Bit 7 is reserved above the PDPT: there is no larger page. */
  static List<Level> longLevels(int levels, int physicalBits) {
    long high = mask(51, physicalBits);
    EntryKind table = EntryKind.table(bits(physicalBits - 1, 12), high);
    EntryKind huge = EntryKind.page(30, bits(physicalBits - 1, 30), high | mask(29, 13));
    EntryKind large = EntryKind.page(21, bits(physicalBits - 1, 21), high | mask(20, 13));
    EntryKind small = EntryKind.page(12, bits(physicalBits - 1, 12), high);
    List<Level> all =
        List.of(
            Level.of("PML5", 48, 9, e -> top(e, table)),
            Level.of("PML4", 39, 9, e -> top(e, table)),
            Level.of(
                "PDPT", 30, 9, e -> absent(e) ? EntryKind.NOT_PRESENT : large(e) ? huge : table),
            Level.of(
                "PD", 21, 9, e -> absent(e) ? EntryKind.NOT_PRESENT : large(e) ? large : table),
            Level.of("PT", 12, 9, e -> absent(e) ? EntryKind.NOT_PRESENT : small));
    return all.subList(all.size() - levels, all.size());
  }

  private static EntryKind top(long entry, EntryKind table) {
    return absent(entry) ? EntryKind.NOT_PRESENT : large(entry) ? EntryKind.RESERVED : table;
  }

  private static boolean absent(long entry) {
    return (entry & PRESENT) == 0;
  }

  private static boolean large(long entry) {
    return (entry & LARGE) != 0;
  }
}
