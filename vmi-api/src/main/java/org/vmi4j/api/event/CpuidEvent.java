package org.vmi4j.api.event;

/**
 * The instruction CPUID of x86, before it is executed. The answer has to do its work: to set the
 * registers of its result, and to advance RIP by its length. Otherwise the processor executes it
 * again.
 */
public final class CpuidEvent extends Event {
  private int leaf;
  private int subleaf;
  private int instructionLength;

  /** Creates an event that is to be filled in. */
  public CpuidEvent() {}

  /** The leaf: EAX. */
  public int leaf() {
    return leaf;
  }

  /** The subleaf: ECX. */
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
