package org.vmi4j.api.event;

/**
 * The hypervisor met an instruction that it cannot emulate. The guest would receive an exception
 * for it; an answer may let the processor execute it instead.
 */
public final class EmulationFailureEvent extends Event {

  /** Creates an event that is to be filled in. */
  public EmulationFailureEvent() {}

  @Override
  public EventKind kind() {
    return EventKind.EMULATION_FAILURE;
  }

  @Override
  public EmulationFailureEvent keep() {
    return keptIn(new EmulationFailureEvent());
  }

  @Override
  public void describe(Details details) {}
}
