package org.vmi4j.os.linux.arch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.api.paging.SoftwareEntries;

/**
 * The non-present page table entries of Linux: pages in memory without any access right
 * (PROT_NONE), and swap entries.
 */
public final class LinuxSoftwareEntries implements SoftwareEntries {
  /**
   * Bit 8, the global bit, is PROT_NONE's; its frame number is inverted against L1TF, as any swap
   * entry's offset is (arch/x86/include/asm/pgtable_types.h, pgtable-invert.h).
   */
  public static final LinuxSoftwareEntries X86_64 =
      new LinuxSoftwareEntries(1L << 8, 0x000f_ffff_ffff_f000L, true);

  /**
   * The same in a paravirtual guest of Xen, which translates the frame number of an entry to a
   * machine frame only when the entry is present (arch/x86/xen/mmu_pv.c): the frame of a PROT_NONE
   * page is not known.
   */
  public static final LinuxSoftwareEntries X86_64_PARAVIRTUAL =
      new LinuxSoftwareEntries(1L << 8, 0, true);

  /** Up to Linux 6.9, bit 58 is PTE_PROT_NONE (arch/arm64/include/asm/pgtable-prot.h). */
  private static final LinuxSoftwareEntries AARCH64_TO_6_9 =
      new LinuxSoftwareEntries(1L << 58, 0x0000_ffff_ffff_f000L, false);

  /** Since Linux 6.10 it is PTE_PRESENT_INVALID, which reuses the nG bit (the same file). */
  private static final LinuxSoftwareEntries AARCH64 =
      new LinuxSoftwareEntries(1L << 11, 0x0000_ffff_ffff_f000L, false);

  private static final Pattern RELEASE = Pattern.compile("(\\d{1,9})\\.(\\d{1,9}).*");

  private static final int LARGEST_LEAF = 30;

  private final long untouchable;
  private final long frame;
  private final boolean inverted;

  private LinuxSoftwareEntries(long untouchable, long frame, boolean inverted) {
    this.untouchable = untouchable;
    this.frame = frame;
    this.inverted = inverted;
  }

  /**
   * Returns the layout of an AArch64 kernel's non-present entries. The bit of one layout is part of
   * the swap offset in the other, so that only the release distinguishes them.
   *
   * @param release the release, {@code 6.1.0-13-arm64}; if it cannot be parsed, the newest layout
   *     is used
   */
  public static LinuxSoftwareEntries aarch64(String release) {
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      return AARCH64;
    }
    int major = Integer.parseInt(matcher.group(1));
    int minor = Integer.parseInt(matcher.group(2));
    return major < 6 || major == 6 && minor < 10 ? AARCH64_TO_6_9 : AARCH64;
  }

  @Override
  public long resident(long entry, int pageShift) {
    if ((entry & untouchable) == 0 || frame == 0 || pageShift > LARGEST_LEAF) {
      return -1;
    }
    return (inverted ? ~entry : entry) & frame & -1L << pageShift;
  }

  @Override
  public String kind(long entry, int pageShift) {
    return pageShift > LARGEST_LEAF ? "" : (entry & untouchable) != 0 ? "PROTNONE" : "swap";
  }
}
