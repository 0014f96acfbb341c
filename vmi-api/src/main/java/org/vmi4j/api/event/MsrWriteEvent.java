package org.vmi4j.api.event;

/** A write to a model-specific register of x86, before it takes effect. */
public final class MsrWriteEvent extends Event {
  private int msr;
  private long value;
  private long oldValue;

  /** Creates an event that is to be filled in. */
  public MsrWriteEvent() {}

  /** The number of the register: Intel SDM volume 4. */
  public int msr() {
    return msr;
  }

  /** The value that is written. */
  public long value() {
    return value;
  }

  /** The value before; 0 from a source that does not report it: Xen before 4.11. */
  public long oldValue() {
    return oldValue;
  }

  /** Fills in what this kind has; called by sources. */
  public MsrWriteEvent fill(int newMsr, long newValue, long newOldValue) {
    msr = newMsr;
    value = newValue;
    oldValue = newOldValue;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.MSR_WRITE;
  }

  @Override
  public MsrWriteEvent keep() {
    return keptIn(new MsrWriteEvent().fill(msr, value, oldValue));
  }

  @Override
  public void describe(Details details) {
    details.address("msr", msr & 0xffff_ffffL);
    details.address("value", value);
    details.address("old", oldValue);
  }
}
