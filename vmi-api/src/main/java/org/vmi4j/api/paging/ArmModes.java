package org.vmi4j.api.paging;

import static org.vmi4j.api.paging.AddressField.bits;

import java.util.ArrayList;
import java.util.List;

/**
 * The stage 1 translation regimes of Arm: Arm ARM (DDI 0487) chapter D8 for AArch64, sections G5.4
 * (short descriptors) and G5.5 (long descriptors, LPAE) for AArch32. One mode describes the tables
 * under one base register; an {@link AddressSpace} has two of them.
 */
final class ArmModes {
  private static final int LAST_LEVEL = 3;

  private ArmModes() {}

  /**
   * Short descriptors. With TTBCR.N the table under TTBR0 covers only the lowest {@code 32 - n}
   * bits. A section with bit 18 set is a supersection, whose address has 40 bits; {@code 0b11} at
   * level 1 is a section that is never executed by the kernel.
   */
  static PagingMode shortDescriptors(int n) {
    EntryKind table = EntryKind.table(bits(31, 10), 0);
    EntryKind section = EntryKind.page(20, bits(31, 20), 0);
    EntryKind supersection = EntryKind.page(24, bits(31, 24).with(23, 20, 12).with(8, 5, 31), 0);
    EntryKind large = EntryKind.page(16, bits(31, 16), 0);
    EntryKind small = EntryKind.page(12, bits(31, 12), 0);
    return new PagingMode(
        n == 0 ? "ARM short descriptors" : "ARM short descriptors, N=" + n,
        EntryFormat.ARM_SHORT,
        32 - n,
        false,
        Integer.BYTES,
        Integer.BYTES,
        bits(31, 14 - n),
        List.of(
            Level.of(
                "level 1",
                20,
                12 - n,
                e ->
                    switch ((int) e & 3) {
                      case 0 -> EntryKind.NOT_PRESENT;
                      case 1 -> table;
                      default -> (e & 1 << 18) != 0 ? supersection : section;
                    }),
            Level.of(
                "level 2",
                12,
                8,
                e ->
                    switch ((int) e & 3) {
                      case 0 -> EntryKind.NOT_PRESENT;
                      case 1 -> large;
                      default -> small;
                    })));
  }

  /** Long descriptors of AArch32: the tables of AArch64's 4 KiB granule with 40-bit addresses. */
  static PagingMode lpae(int addressBits) {
    return longDescriptors(
        "ARM LPAE, " + addressBits + " bits",
        Integer.BYTES,
        12,
        addressBits,
        bits(39, 12),
        1,
        bits(39, 5));
  }

  /**
   * The long descriptors of AArch64.
   *
   * @param granuleShift 12, 14 or 16
   * @param wide whether output addresses have 52 bits (LPA with 64 KiB, LPA2 with the others)
   */
  static PagingMode aarch64(int granuleShift, int addressBits, boolean wide) {
    AddressField output = bits(47, granuleShift);
    AddressField root = bits(47, 5);
    int firstBlock = granuleShift == 12 ? 1 : 2;
    if (wide) {
      output =
          granuleShift == 16
              ? bits(47, 16).with(15, 12, 36)
              : bits(49, granuleShift).with(9, 8, 42);
      root = bits(47, 6).with(5, 2, 46);
      firstBlock = granuleShift == 12 ? 0 : 1;
    }
    String name =
        "AArch64 "
            + (1 << granuleShift - 10)
            + "K granule, "
            + addressBits
            + " bits"
            + (wide ? ", 52-bit output" : "");
    return longDescriptors(name, Long.BYTES, granuleShift, addressBits, output, firstBlock, root);
  }

  private static PagingMode longDescriptors(
      String name,
      int pointerSize,
      int granuleShift,
      int addressBits,
      AddressField output,
      int firstBlock,
      AddressField root) {
    return new PagingMode(
        name,
        EntryFormat.ARM_LONG,
        addressBits,
        false,
        pointerSize,
        Long.BYTES,
        root,
        longLevels(granuleShift, addressBits, output, firstBlock));
  }

  /** The four levels of AArch64's 4 KiB granule: what most kernels have. */
  static List<Level> granule4kLevels() {
    return longLevels(12, 48, bits(47, 12), 1);
  }

  private static List<Level> longLevels(
      int granuleShift, int addressBits, AddressField output, int firstBlock) {
    int stride = granuleShift - 3;
    List<Level> levels = new ArrayList<>();
    int depth = (addressBits - granuleShift + stride - 1) / stride;
    for (int number = LAST_LEVEL + 1 - depth; number <= LAST_LEVEL; number++) {
      int shift = granuleShift + (LAST_LEVEL - number) * stride;
      int indexBits = Math.min(stride, addressBits - shift);
      levels.add(
          number == LAST_LEVEL
              ? pages(shift, indexBits, output)
              : tables(number, shift, indexBits, output, number >= firstBlock));
    }
    return List.copyOf(levels);
  }

  /** Level 3: {@code 0b11} is a page, {@code 0b01} is reserved. */
  private static Level pages(int shift, int indexBits, AddressField output) {
    EntryKind page = EntryKind.page(shift, output, 0);
    return Level.of(
        "level 3",
        shift,
        indexBits,
        e ->
            switch ((int) e & 3) {
              case 3 -> page;
              case 1 -> EntryKind.RESERVED;
              default -> EntryKind.NOT_PRESENT;
            });
  }

  /** The levels above: {@code 0b11} is a table, {@code 0b01} a block where blocks are legal. */
  private static Level tables(
      int number, int shift, int indexBits, AddressField output, boolean blocks) {
    EntryKind table = EntryKind.table(output, 0);
    AddressField blockAddress =
        new AddressField(
            output.inPlace() & -1L << shift,
            output.first(),
            output.firstShift(),
            output.second(),
            output.secondShift());
    EntryKind block = blocks ? EntryKind.page(shift, blockAddress, 0) : EntryKind.RESERVED;
    return Level.of(
        "level " + number,
        shift,
        indexBits,
        e ->
            switch ((int) e & 3) {
              case 3 -> table;
              case 1 -> block;
              default -> EntryKind.NOT_PRESENT;
            });
  }
}
