package org.vmi4j.api.event;

/** A breakpoint instruction was reached: INT3 of x86, before its exception is delivered. */
public final class BreakpointEvent extends Event {
  private long physicalAddress;
  private int instructionLength;
  private int exceptionType;

  /** Creates an event that is to be filled in. */
  public BreakpointEvent() {}

  /** The guest-physical address of the instruction. */
  public long physicalAddress() {
    return physicalAddress;
  }

  /** The length of the instruction in bytes. */
  public int instructionLength() {
    return instructionLength;
  }

  /** The type of the exception, as VMX numbers it: Intel SDM volume 3C, 25.8.3. */
  public int exceptionType() {
    return exceptionType;
  }

  /** Fills in what this kind has; called by sources. */
  public BreakpointEvent fill(
      long newPhysicalAddress, int newInstructionLength, int newExceptionType) {
    physicalAddress = newPhysicalAddress;
    instructionLength = newInstructionLength;
    exceptionType = newExceptionType;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.BREAKPOINT;
  }

  @Override
  public BreakpointEvent keep() {
    return keptIn(new BreakpointEvent().fill(physicalAddress, instructionLength, exceptionType));
  }

  @Override
  public void describe(Details details) {
    details.address("pa", physicalAddress);
  }
}
