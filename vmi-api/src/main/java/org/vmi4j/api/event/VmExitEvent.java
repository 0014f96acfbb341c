package org.vmi4j.api.event;

/**
 * The processor left the guest. An answer has to do the work of what it left it for, or the
 * processor leaves again.
 */
public final class VmExitEvent extends Event {
  private int reason;
  private long qualification;

  /** Creates an event that is to be filled in. */
  public VmExitEvent() {}

  /** The reason: Intel SDM volume 3D, appendix C. */
  public int reason() {
    return reason;
  }

  /** The qualification: Intel SDM volume 3C, 28.2.1. */
  public long qualification() {
    return qualification;
  }

  /** Fills in what this kind has; called by sources. */
  public VmExitEvent fill(int newReason, long newQualification) {
    reason = newReason;
    qualification = newQualification;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.VM_EXIT;
  }

  @Override
  public VmExitEvent keep() {
    return keptIn(new VmExitEvent().fill(reason, qualification));
  }

  @Override
  public void describe(Details details) {
    details.number("reason", reason);
    details.address("qualification", qualification);
  }
}
