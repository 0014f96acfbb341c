package org.vmi4j.api.event;

/** One instruction was executed, and the next one is about to be. */
public final class SingleStepEvent extends Event {
  private long physicalAddress;

  /** Creates an event that is to be filled in. */
  public SingleStepEvent() {}

  /** The guest-physical address of the next instruction. */
  public long physicalAddress() {
    return physicalAddress;
  }

  /** Fills in what this kind has; called by sources. */
  public SingleStepEvent fill(long newPhysicalAddress) {
    physicalAddress = newPhysicalAddress;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.SINGLE_STEP;
  }

  @Override
  public SingleStepEvent keep() {
    return keptIn(new SingleStepEvent().fill(physicalAddress));
  }

  @Override
  public void describe(Details details) {
    details.address("pa", physicalAddress);
  }
}
