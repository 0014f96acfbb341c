package org.vmi4j.api;

/** A processor architecture that vmi4j supports. */
public enum Architecture {
  /** 32-bit x86, with any of its three paging modes. */
  X86("x86", 4),
  /** 64-bit x86, also called x86-64, AMD64 and Intel 64. */
  X86_64("x86_64", 8),
  /** 32-bit Arm (AArch32). */
  ARM("arm", 4),
  /** 64-bit Arm (AArch64). */
  AARCH64("aarch64", 8);

  private final String label;
  private final int pointerSize;

  Architecture(String label, int pointerSize) {
    this.label = label;
    this.pointerSize = pointerSize;
  }

  /** The size of a pointer, in bytes. */
  public int pointerSize() {
    return pointerSize;
  }

  /** The usual lower-case name, as {@code uname -m} spells it. */
  @Override
  public String toString() {
    return label;
  }
}
