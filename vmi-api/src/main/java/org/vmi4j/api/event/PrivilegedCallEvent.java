package org.vmi4j.api.event;

/**
 * A call of the secure monitor by an Arm guest: SMC, before it is executed. The program counter is
 * that of the instruction; an answer that does not advance it lets the processor execute it again.
 */
public final class PrivilegedCallEvent extends Event {

  /** Creates an event that is to be filled in. */
  public PrivilegedCallEvent() {}

  @Override
  public EventKind kind() {
    return EventKind.PRIVILEGED_CALL;
  }

  @Override
  public PrivilegedCallEvent keep() {
    return keptIn(new PrivilegedCallEvent());
  }

  @Override
  public void describe(Details details) {}
}
