package org.vmi4j.api.event;

import org.vmi4j.api.cpu.Register;

/** A write to a control register, before it takes effect: CR0, CR3, CR4 or XCR0 of x86. */
public final class RegisterWriteEvent extends Event {
  private Register target;
  private long value;
  private long oldValue;

  /** Creates an event that is to be filled in. */
  public RegisterWriteEvent() {}

  /** The register that is written. */
  public Register target() {
    return target;
  }

  /** The value that is written. */
  public long value() {
    return value;
  }

  /** The value before. */
  public long oldValue() {
    return oldValue;
  }

  /** Fills in what this kind has; called by sources. */
  public RegisterWriteEvent fill(Register newTarget, long newValue, long newOldValue) {
    target = newTarget;
    value = newValue;
    oldValue = newOldValue;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.REGISTER_WRITE;
  }

  @Override
  public RegisterWriteEvent keep() {
    return keptIn(new RegisterWriteEvent().fill(target, value, oldValue));
  }

  @Override
  public void describe(Details details) {
    details.text("register", target.label());
    details.address("value", value);
    details.address("old", oldValue);
  }
}
