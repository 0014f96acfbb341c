package org.vmi4j.api;

/** What the addresses of a physical memory count. */
public enum Addressing {
  /** Guest-physical addresses: the guest's frames from 0 on. */
  GUEST,

  /**
   * Addresses of the host's memory, in which the guest's frames are scattered. The page tables of a
   * paravirtual guest of Xen hold these ({@code xen/include/public/xen.h}, MMU_NORMAL_PT_UPDATE),
   * while its own count of frames (VMCOREINFO, {@code phys_base}) is another one.
   */
  MACHINE
}
