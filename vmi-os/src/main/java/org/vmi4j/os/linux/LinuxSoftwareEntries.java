package org.vmi4j.os.linux;

import org.vmi4j.api.paging.SoftwareEntries;

/**
 * What Linux keeps in x86-64 entries that are not present (arch/x86/include/asm/pgtable-64.h and
 * pgtable_types.h). A page that nobody may touch (PROT_NONE) has bit 8, the global bit, set; its
 * frame number is inverted against L1TF (pgtable-invert.h), as any swap entry's offset is.
 */
final class LinuxSoftwareEntries implements SoftwareEntries {
  static final LinuxSoftwareEntries X86_64 = new LinuxSoftwareEntries();

  private static final long PROTNONE = 1 << 8;
  private static final long FRAME = 0x000f_ffff_ffff_f000L;
  private static final int LARGEST_LEAF = 30;

  private LinuxSoftwareEntries() {}

  @Override
  public long resident(long entry, int pageShift) {
    if ((entry & PROTNONE) == 0 || pageShift > LARGEST_LEAF) {
      return -1;
    }
    return ~entry & FRAME & -1L << pageShift;
  }

  @Override
  public String kind(long entry, int pageShift) {
    return pageShift > LARGEST_LEAF ? "" : (entry & PROTNONE) != 0 ? "PROTNONE" : "swap";
  }
}
