package org.vmi4j.api.event;

import org.vmi4j.api.cpu.Register;

/**
 * Something that a source is asked to report. Accesses to memory are asked for by {@link
 * FrameRights}, and single steps of one processor by a {@link Response}.
 */
public sealed interface Monitor {

  /** The kind of the events that it brings. */
  EventKind kind();

  /**
   * Writes to a control register.
   *
   * @param register CR0, CR3, CR4 or XCR0 of x86
   * @param waits whether the processor waits for an answer; reports that wait for none are quicker
   * @param changesOnly whether writes of the value that is there already are left out
   */
  record RegisterWrites(Register register, boolean waits, boolean changesOnly) implements Monitor {
    @Override
    public EventKind kind() {
      return EventKind.REGISTER_WRITE;
    }
  }

  /**
   * Writes to a model-specific register.
   *
   * @param msr its number
   * @param changesOnly whether writes of the value that is there already are left out
   */
  record MsrWrites(int msr, boolean changesOnly) implements Monitor {
    @Override
    public EventKind kind() {
      return EventKind.MSR_WRITE;
    }
  }

  /**
   * All events of a kind that needs no more to be asked for: BREAKPOINT, DEBUG_EXCEPTION, CPUID,
   * DESCRIPTOR_ACCESS, GUEST_REQUEST, PRIVILEGED_CALL, EMULATION_FAILURE, VM_EXIT, IO. With
   * SINGLE_STEP every processor steps from when it is enabled until it is disabled, whatever is
   * answered meanwhile.
   *
   * @param kind the kind
   * @param waits whether the processor waits for an answer; kinds that always wait ignore it
   */
  record All(EventKind kind, boolean waits) implements Monitor {}
}
