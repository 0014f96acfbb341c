package org.vmi4j.xenabi.event;

/** Flags of requests and responses: {@code VM_EVENT_FLAG_*} of {@code public/vm_event.h}. */
public final class VmEventFlags {
  /** In a request: the processor waits. In a response: it goes on. */
  public static final int VCPU_PAUSED = 1;

  public static final int EMULATE = 1 << 2;
  public static final int EMULATE_NOWRITE = 1 << 3;

  /** Switches single steps on, or off if they are on. */
  public static final int TOGGLE_SINGLESTEP = 1 << 4;

  public static final int DENY = 1 << 6;

  /** The view is meant, of a request and of a response. */
  public static final int ALTERNATE_P2M = 1 << 7;

  /** x86: the general registers, RIP and RFLAGS; Arm: the program counter. */
  public static final int SET_REGISTERS = 1 << 8;

  /** One step without an event, after which the processor changes to another view. */
  public static final int FAST_SINGLESTEP = 1 << 11;

  private VmEventFlags() {}
}
