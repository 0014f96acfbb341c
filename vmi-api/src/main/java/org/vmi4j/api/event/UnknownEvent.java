package org.vmi4j.api.event;

/** An event of a kind that the driver does not know. It is answered as the others. */
public final class UnknownEvent extends Event {
  private int reason;

  /** Creates an event that is to be filled in. */
  public UnknownEvent() {}

  /** The number that the hypervisor gives the kind. */
  public int reason() {
    return reason;
  }

  /** Fills in what this kind has; called by sources. */
  public UnknownEvent fill(int newReason) {
    reason = newReason;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.UNKNOWN;
  }

  @Override
  public UnknownEvent keep() {
    return keptIn(new UnknownEvent().fill(reason));
  }

  @Override
  public void describe(Details details) {
    details.number("reason", reason);
  }
}
