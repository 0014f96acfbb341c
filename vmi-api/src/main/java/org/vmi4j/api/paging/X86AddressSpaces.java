package org.vmi4j.api.paging;

import org.vmi4j.api.memory.PhysicalMemory;

/** Reads an x86 processor's paging mode and root out of its control registers. */
public final class X86AddressSpaces {
  private static final long CR0_PG = 1L << 31;
  private static final long CR4_PSE = 1L << 4;
  private static final long CR4_PAE = 1L << 5;
  private static final long CR4_LA57 = 1L << 12;
  private static final long EFER_LMA = 1L << 10;

  private X86AddressSpaces() {}

  /**
   * Returns the paging mode: Intel SDM volume 3A, section 4.1.1. LMA decides and not LME, which is
   * set before the processor is in long mode.
   *
   * @param efer the EFER register, MSR 0xC0000080
   */
  public static PagingMode mode(long cr0, long cr4, long efer) {
    if ((cr0 & CR0_PG) == 0) {
      return PagingMode.NONE;
    }
    if ((cr4 & CR4_PAE) == 0) {
      return (cr4 & CR4_PSE) == 0 ? PagingMode.X86_32 : PagingMode.X86_32_PSE36;
    }
    if ((efer & EFER_LMA) == 0) {
      return PagingMode.X86_PAE;
    }
    return (cr4 & CR4_LA57) == 0 ? PagingMode.X86_64 : PagingMode.X86_64_LA57;
  }

  /** The address space that a processor with these control registers is in. */
  public static AddressSpace of(PhysicalMemory memory, long cr0, long cr3, long cr4, long efer) {
    PagingMode mode = mode(cr0, cr4, efer);
    return AddressSpace.of(memory, mode, mode.rootOf(cr3));
  }
}
