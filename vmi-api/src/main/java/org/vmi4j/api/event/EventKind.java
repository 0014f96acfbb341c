package org.vmi4j.api.event;

import java.util.Locale;

/** The kinds of events. Sources differ in those that they offer: {@link EventFeatures#kinds}. */
public enum EventKind {
  /** A write to a control register: {@link RegisterWriteEvent}. */
  REGISTER_WRITE,
  /** A write to a model-specific register: {@link MsrWriteEvent}. */
  MSR_WRITE,
  /** An access that the rights of a frame do not permit: {@link MemoryAccessEvent}. */
  MEMORY_ACCESS,
  /** A breakpoint instruction: {@link BreakpointEvent}. */
  BREAKPOINT,
  /** One instruction was executed: {@link SingleStepEvent}. */
  SINGLE_STEP,
  /** A debug exception: {@link DebugExceptionEvent}. */
  DEBUG_EXCEPTION,
  /** The instruction CPUID: {@link CpuidEvent}. */
  CPUID,
  /** An access to a descriptor table register: {@link DescriptorAccessEvent}. */
  DESCRIPTOR_ACCESS,
  /** A program in the guest asked for an event: {@link GuestRequestEvent}. */
  GUEST_REQUEST,
  /** A call of the secure monitor: {@link PrivilegedCallEvent}. */
  PRIVILEGED_CALL,
  /** An interrupt or exception is delivered: {@link InterruptEvent}. */
  INTERRUPT,
  /** The hypervisor cannot emulate an instruction: {@link EmulationFailureEvent}. */
  EMULATION_FAILURE,
  /** The processor left the guest: {@link VmExitEvent}. */
  VM_EXIT,
  /** An access to an I/O port: {@link IoEvent}. */
  IO,
  /** A kind that the driver does not know: {@link UnknownEvent}. */
  UNKNOWN;

  /** The name in lower case, with hyphens. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
