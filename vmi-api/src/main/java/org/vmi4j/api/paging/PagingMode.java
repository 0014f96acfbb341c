package org.vmi4j.api.paging;

import java.util.List;

/**
 * How one architecture lays out its page tables: the levels, the width and meaning of their
 * entries, the rules for large pages. A mode is a table that the one page walker follows; adding a
 * mode is writing such a table.
 */
public final class PagingMode {
  /** No paging (CR0.PG or SCTLR.M clear): a virtual address is the physical one. */
  public static final PagingMode NONE =
      new PagingMode(
          "no paging",
          EntryFormat.X86,
          52,
          false,
          Long.BYTES,
          Long.BYTES,
          AddressField.bits(51, 12),
          List.of());

  /** x86, 32-bit paging without 4 MiB pages (CR4.PSE clear). */
  public static final PagingMode X86_32 = X86Modes.legacy("x86 32-bit", false, 32);

  /** x86, 32-bit paging with 4 MiB pages, on a processor without PSE-36. */
  public static final PagingMode X86_32_PSE = X86Modes.legacy("x86 32-bit PSE", true, 32);

  /** x86, 32-bit paging with 4 MiB pages that may lie above 4 GiB (PSE-36, 40 bits). */
  public static final PagingMode X86_32_PSE36 = X86Modes.legacy("x86 32-bit PSE-36", true, 40);

  /** x86, PAE paging. */
  public static final PagingMode X86_PAE = x86Pae(X86Modes.MAX_PHYSICAL_BITS);

  /** x86-64, four levels, 48-bit virtual addresses. */
  public static final PagingMode X86_64 = x86Long(4, X86Modes.MAX_PHYSICAL_BITS);

  /** x86-64, five levels (LA57), 57-bit virtual addresses. */
  public static final PagingMode X86_64_LA57 = x86Long(5, X86Modes.MAX_PHYSICAL_BITS);

  /** AArch32, short descriptors, the whole address space under one table (TTBCR.N = 0). */
  public static final PagingMode ARM_SHORT = armShort(0);

  /** AArch32, long descriptors (LPAE), the whole address space under one table. */
  public static final PagingMode ARM_LPAE = armLpae(32);

  /** AArch64, 4 KiB granule, 48-bit addresses. */
  public static final PagingMode AARCH64_4K = aarch64(12, 48, false);

  /** AArch64, 16 KiB granule, 48-bit addresses. */
  public static final PagingMode AARCH64_16K = aarch64(14, 48, false);

  /** AArch64, 64 KiB granule, 48-bit addresses. */
  public static final PagingMode AARCH64_64K = aarch64(16, 48, false);

  /** Intel's extended page tables, four levels: the virtual address is a guest-physical one. */
  public static final PagingMode EPT4 = EptModes.of(4);

  /** Intel's extended page tables, five levels. */
  public static final PagingMode EPT5 = EptModes.of(5);

  /** The range of 64 minus T0SZ or T1SZ: Arm ARM (DDI 0487), section D8.2 (without FEAT_TTST). */
  static final int MIN_AARCH64_BITS = 25;

  static final int MAX_AARCH64_BITS = 52;

  private static final long UNPAGED = 4096;

  private final String name;
  private final EntryFormat format;
  private final int addressBits;
  private final boolean signExtended;
  private final int pointerSize;
  private final int entryBytes;
  private final AddressField root;
  private final List<Level> levels;
  private final PageWalker walker;

  PagingMode(
      String name,
      EntryFormat format,
      int addressBits,
      boolean signExtended,
      int pointerSize,
      int entryBytes,
      AddressField root,
      List<Level> levels) {
    this.name = name;
    this.format = format;
    this.addressBits = addressBits;
    this.signExtended = signExtended;
    this.pointerSize = pointerSize;
    this.entryBytes = entryBytes;
    this.root = root;
    this.levels = levels;
    this.walker = PageWalker.of(levels, entryBytes);
  }

  /**
   * PAE paging on a processor whose physical addresses have fewer than 52 bits, so that higher bits
   * of an entry are reserved.
   *
   * @param physicalBits MAXPHYADDR, 32 to 52
   */
  public static PagingMode x86Pae(int physicalBits) {
    check("physical address bits", physicalBits, 32, X86Modes.MAX_PHYSICAL_BITS);
    return X86Modes.pae(physicalBits);
  }

  /**
   * 4-level or 5-level paging on a processor whose physical addresses have fewer than 52 bits.
   *
   * @param levels 4 or 5
   * @param physicalBits MAXPHYADDR, 32 to 52
   */
  public static PagingMode x86Long(int levels, int physicalBits) {
    check("levels", levels, 4, 5);
    check("physical address bits", physicalBits, 32, X86Modes.MAX_PHYSICAL_BITS);
    return X86Modes.longMode(levels, physicalBits);
  }

  /**
   * AArch32's short descriptors under TTBR0.
   *
   * @param n TTBCR.N, 0 to 7: the table covers the lowest {@code 32 - n} bits
   */
  public static PagingMode armShort(int n) {
    check("TTBCR.N", n, 0, 7);
    return ArmModes.shortDescriptors(n);
  }

  /**
   * AArch32's long descriptors.
   *
   * @param addressBits 32 minus TTBCR.T0SZ or T1SZ: 25 to 32
   */
  public static PagingMode armLpae(int addressBits) {
    check("address bits", addressBits, 25, 32);
    return ArmModes.lpae(addressBits);
  }

  /**
   * AArch64's long descriptors.
   *
   * @param granuleShift 12 for 4 KiB, 14 for 16 KiB, 16 for 64 KiB
   * @param addressBits 64 minus TCR.T0SZ or T1SZ: 25 to 52
   * @param wide whether output addresses have 52 bits: TCR.DS with 4 KiB and 16 KiB (LPA2), TCR.IPS
   *     of 52 bits with 64 KiB (LPA)
   */
  public static PagingMode aarch64(int granuleShift, int addressBits, boolean wide) {
    if (granuleShift != 12 && granuleShift != 14 && granuleShift != 16) {
      throw new IllegalArgumentException(
          "no granule has 2^" + granuleShift + " bytes; pass 12, 14 or 16");
    }
    check("address bits", addressBits, MIN_AARCH64_BITS, MAX_AARCH64_BITS);
    return ArmModes.aarch64(granuleShift, addressBits, wide);
  }

  private static void check(String what, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          what + " must lie in " + low + ".." + high + ", not " + value);
    }
  }

  /** A name for people, {@code "x86-64 4-level"} for example. */
  public String name() {
    return name;
  }

  /** How many bits of a virtual address these tables translate. */
  public int addressBits() {
    return addressBits;
  }

  /** Whether the bits above {@link #addressBits} repeat the highest of them, as on x86-64. */
  public boolean signExtended() {
    return signExtended;
  }

  /**
   * The size of a pointer of a program under these tables: 4 bytes under those of AArch32 and of
   * x86 outside long mode, 8 bytes under all others and without paging.
   */
  public int pointerSize() {
    return pointerSize;
  }

  /** How many levels of tables there are. */
  public int depth() {
    return levels.size();
  }

  /** The size of the smallest page that a table can map, in bytes; without paging, 4096. */
  public long pageSize() {
    return levels.isEmpty() ? UNPAGED : 1L << levels.get(levels.size() - 1).shift();
  }

  /**
   * Takes the root out of the register that holds it: drops flag bits, PCID, LAM bits and ASID from
   * a CR3 or TTBR, and brings the high bits of a 52-bit TTBR where they belong.
   */
  public long rootOf(long register) {
    return root.of(register);
  }

  EntryFormat format() {
    return format;
  }

  int entryBytes() {
    return entryBytes;
  }

  List<Level> levels() {
    return levels;
  }

  PageWalker walker() {
    return walker;
  }

  @Override
  public String toString() {
    return name;
  }
}
