package org.vmi4j.api.event;

/** A debug exception (#DB) of x86, before it is delivered. */
public final class DebugExceptionEvent extends Event {
  private long physicalAddress;
  private long pending;
  private int instructionLength;
  private int exceptionType;

  /** Creates an event that is to be filled in. */
  public DebugExceptionEvent() {}

  /** The guest-physical address of the instruction. */
  public long physicalAddress() {
    return physicalAddress;
  }

  /** The causes, as DR6 shows them; 0 from a source that does not report them: Xen before 4.14. */
  public long pending() {
    return pending;
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
  public DebugExceptionEvent fill(
      long newPhysicalAddress, long newPending, int newInstructionLength, int newExceptionType) {
    physicalAddress = newPhysicalAddress;
    pending = newPending;
    instructionLength = newInstructionLength;
    exceptionType = newExceptionType;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.DEBUG_EXCEPTION;
  }

  @Override
  public DebugExceptionEvent keep() {
    return keptIn(
        new DebugExceptionEvent().fill(physicalAddress, pending, instructionLength, exceptionType));
  }

  @Override
  public void describe(Details details) {
    details.address("pa", physicalAddress);
    details.address("pending", pending);
  }
}
