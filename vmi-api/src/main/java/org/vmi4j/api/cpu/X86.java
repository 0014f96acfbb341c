package org.vmi4j.api.cpu;

import java.util.Locale;
import org.vmi4j.api.Architecture;

/**
 * The registers of x86, for processors and programs of 32 and of 64 bits: Intel SDM volume 1,
 * chapter 3, and volume 3A, chapter 2.
 *
 * <p>A register of 32 bits is the low half of the one of 64 bits that it became: {@link #RAX} of a
 * 32-bit machine or thread is EAX, {@link #RIP} is EIP, {@link #RFLAGS} is EFLAGS, and the upper
 * half of the value is zero. A record of 32 bits keeps the low half only.
 */
public enum X86 implements Register {
  /** EAX in 32 bits. */
  RAX,
  /** EBX in 32 bits. */
  RBX,
  /** ECX in 32 bits. */
  RCX,
  /** EDX in 32 bits. */
  RDX,
  /** ESI in 32 bits. */
  RSI,
  /** EDI in 32 bits. */
  RDI,
  /** ESP in 32 bits: the stack pointer. */
  RSP,
  /** EBP in 32 bits. */
  RBP,
  /** Only in 64-bit mode. */
  R8,
  /** Only in 64-bit mode. */
  R9,
  /** Only in 64-bit mode. */
  R10,
  /** Only in 64-bit mode. */
  R11,
  /** Only in 64-bit mode. */
  R12,
  /** Only in 64-bit mode. */
  R13,
  /** Only in 64-bit mode. */
  R14,
  /** Only in 64-bit mode. */
  R15,
  /** EIP in 32 bits: the instruction pointer. */
  RIP,
  /** EFLAGS in 32 bits. */
  RFLAGS,
  /** Linux's ORIG_RAX: RAX as it was at the entry to the kernel, or the interrupt's number. */
  ORIG_RAX,
  /** The selector in CS; its two low bits are the privilege level. */
  CS(16),
  /** The selector in DS. */
  DS(16),
  /** The selector in ES. */
  ES(16),
  /** The selector in FS. */
  FS(16),
  /** The selector in GS. */
  GS(16),
  /** The selector in SS. */
  SS(16),
  /** The selector in the task register. */
  TR(16),
  /** The selector in LDTR. */
  LDTR(16),
  /** The base of CS. */
  CS_BASE,
  /** The base of DS. */
  DS_BASE,
  /** The base of ES. */
  ES_BASE,
  /** The base of FS; in 64-bit mode the MSR 0xC0000100. */
  FS_BASE,
  /** The base of GS in use; in 64-bit mode the MSR 0xC0000101. */
  GS_BASE,
  /** The base of SS. */
  SS_BASE,
  /** The base of the task state segment. */
  TR_BASE,
  /** The base of the local descriptor table. */
  LDTR_BASE,
  /** The base of the global descriptor table. */
  GDTR_BASE,
  /** The base of the interrupt descriptor table. */
  IDTR_BASE,
  /** The limit of CS in bytes. */
  CS_LIMIT(32),
  /** The limit of DS in bytes. */
  DS_LIMIT(32),
  /** The limit of ES in bytes. */
  ES_LIMIT(32),
  /** The limit of FS in bytes. */
  FS_LIMIT(32),
  /** The limit of GS in bytes. */
  GS_LIMIT(32),
  /** The limit of SS in bytes. */
  SS_LIMIT(32),
  /** The limit of the task state segment in bytes. */
  TR_LIMIT(32),
  /** The limit of the local descriptor table in bytes. */
  LDTR_LIMIT(32),
  /** The limit of the global descriptor table in bytes. */
  GDTR_LIMIT(32),
  /** The limit of the interrupt descriptor table in bytes. */
  IDTR_LIMIT(32),
  /** Paging and protection are switched on here. */
  CR0,
  /** The address of the last page fault. */
  CR2,
  /** The physical address of the top page table, with flags; of a machine frame under Xen PV. */
  CR3,
  /** Which extensions are on, those of paging among them. */
  CR4,
  /** The extended control register: which states XSAVE manages, such as those of AVX. */
  XCR0,
  /** The page table of the user mode of a 64-bit guest of Xen PV, which has one for each mode. */
  USER_CR3,
  /** The address of a hardware breakpoint. */
  DR0,
  /** The address of a hardware breakpoint. */
  DR1,
  /** The address of a hardware breakpoint. */
  DR2,
  /** The address of a hardware breakpoint. */
  DR3,
  /** The status of hardware breakpoints. */
  DR6,
  /** The control of hardware breakpoints. */
  DR7,
  /** The MSR 0x174. */
  SYSENTER_CS,
  /** The MSR 0x175. */
  SYSENTER_ESP,
  /** The MSR 0x176. */
  SYSENTER_EIP,
  /** The base of GS that SWAPGS puts in use: the MSR 0xC0000102. */
  KERNEL_GS_BASE,
  /** The MSR 0xC0000080: long mode and its companions. */
  EFER,
  /** The MSR 0xC0000081. */
  STAR,
  /** The MSR 0xC0000082: where SYSCALL goes in 64-bit mode. */
  LSTAR,
  /** The MSR 0xC0000083. */
  CSTAR,
  /** The MSR 0xC0000084. */
  SFMASK,
  /** The MSR 0xC0000103. */
  TSC_AUX;

  private final String label = name().toLowerCase(Locale.ROOT);
  private final int bits;

  X86() {
    this(Long.SIZE);
  }

  X86(int bits) {
    this.bits = bits;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public int bits() {
    return bits;
  }

  @Override
  @SuppressWarnings("EnumOrdinal")
  public int index() {
    return ordinal();
  }

  @Override
  public boolean isOf(Architecture architecture) {
    return architecture == Architecture.X86_64 || architecture == Architecture.X86;
  }
}
