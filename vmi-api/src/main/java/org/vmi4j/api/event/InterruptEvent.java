package org.vmi4j.api.event;

/** An interrupt or exception that is about to be delivered to an x86 guest. */
public final class InterruptEvent extends Event {
  private int vector;
  private int exceptionType;
  private int errorCode;
  private long faultAddress;

  /** Creates an event that is to be filled in. */
  public InterruptEvent() {}

  /** The number of the vector. */
  public int vector() {
    return vector;
  }

  /** The type, as VMX numbers it: Intel SDM volume 3C, 25.8.3. */
  public int exceptionType() {
    return exceptionType;
  }

  /** The error code that is delivered; -1 if none is. */
  public int errorCode() {
    return errorCode;
  }

  /** CR2, of a page fault. */
  public long faultAddress() {
    return faultAddress;
  }

  /** Fills in what this kind has; called by sources. */
  public InterruptEvent fill(
      int newVector, int newExceptionType, int newErrorCode, long newFaultAddress) {
    vector = newVector;
    exceptionType = newExceptionType;
    errorCode = newErrorCode;
    faultAddress = newFaultAddress;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.INTERRUPT;
  }

  @Override
  public InterruptEvent keep() {
    return keptIn(new InterruptEvent().fill(vector, exceptionType, errorCode, faultAddress));
  }

  @Override
  public void describe(Details details) {
    details.number("vector", vector);
    details.number("type", exceptionType);
    details.number("error", errorCode);
    details.address("cr2", faultAddress);
  }
}
