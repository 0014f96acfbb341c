package org.vmi4j.api.event;

/** A program in the guest asked for an event by a hypercall. */
public final class GuestRequestEvent extends Event {

  /** Creates an event that is to be filled in. */
  public GuestRequestEvent() {}

  @Override
  public EventKind kind() {
    return EventKind.GUEST_REQUEST;
  }

  @Override
  public GuestRequestEvent keep() {
    return keptIn(new GuestRequestEvent());
  }

  @Override
  public void describe(Details details) {}
}
