package org.vmi4j.api.event;

import org.vmi4j.api.cpu.Register;

/**
 * An access to the register of a descriptor table of x86: LGDT, SGDT, LIDT, SIDT, LLDT, SLDT, LTR
 * or STR, before it takes place. An answer that does not emulate it lets the processor try it
 * again.
 */
public final class DescriptorAccessEvent extends Event {
  private Register target;
  private boolean write;

  /** Creates an event that is to be filled in. */
  public DescriptorAccessEvent() {}

  /** The base of the table: GDTR_BASE, IDTR_BASE, LDTR_BASE or TR_BASE. */
  public Register target() {
    return target;
  }

  /** Whether it loads the register; it stores it otherwise. */
  public boolean write() {
    return write;
  }

  /** Fills in what this kind has; called by sources. */
  public DescriptorAccessEvent fill(Register newTarget, boolean newWrite) {
    target = newTarget;
    write = newWrite;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.DESCRIPTOR_ACCESS;
  }

  @Override
  public DescriptorAccessEvent keep() {
    return keptIn(new DescriptorAccessEvent().fill(target, write));
  }

  @Override
  public void describe(Details details) {
    details.text("register", target.label());
    details.text("access", write ? "write" : "read");
  }
}
