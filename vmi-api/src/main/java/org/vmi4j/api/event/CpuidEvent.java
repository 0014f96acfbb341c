package org.vmi4j.api.event;

/**
 * The instruction CPUID of x86. Its registers hold its result already: EAX, EBX, ECX and EDX, which
 * an answer may replace. RIP is the address of the instruction: an answer on the {@link
 * EventChannel} has to advance it by {@link #instructionLength}, or the processor executes the
 * instruction again, with its result as the leaf. The module vmi-events advances it for its
 * subscribers. (Xen: hvm_vmexit_cpuid in arch/x86/hvm/hvm.c, vmx_do_cpuid before 4.12.)
 */
public final class CpuidEvent extends Event {
  private int leaf;
  private int subleaf;
  private int instructionLength;

  /** Creates an event that is to be filled in. */
  public CpuidEvent() {}

  /** The leaf: EAX before the instruction. */
  public int leaf() {
    return leaf;
  }

  /** The subleaf: ECX before the instruction. */
  public int subleaf() {
    return subleaf;
  }

  /** The length of the instruction in bytes. */
  public int instructionLength() {
    return instructionLength;
  }

  /** Fills in what this kind has; called by sources. */
  public CpuidEvent fill(int newLeaf, int newSubleaf, int newInstructionLength) {
    leaf = newLeaf;
    subleaf = newSubleaf;
    instructionLength = newInstructionLength;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.CPUID;
  }

  @Override
  public CpuidEvent keep() {
    return keptIn(new CpuidEvent().fill(leaf, subleaf, instructionLength));
  }

  @Override
  public void describe(Details details) {
    details.address("leaf", leaf & 0xffff_ffffL);
    details.address("subleaf", subleaf & 0xffff_ffffL);
  }
}
