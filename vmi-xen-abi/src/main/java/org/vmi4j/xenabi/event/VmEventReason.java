package org.vmi4j.xenabi.event;

/** Why Xen sends a request: {@code VM_EVENT_REASON_*} of {@code public/vm_event.h}. */
public final class VmEventReason {
  public static final int UNKNOWN = 0;
  public static final int MEM_ACCESS = 1;
  public static final int WRITE_CTRLREG = 4;
  public static final int MOV_TO_MSR = 5;
  public static final int SOFTWARE_BREAKPOINT = 6;
  public static final int SINGLESTEP = 7;
  public static final int GUEST_REQUEST = 8;
  public static final int DEBUG_EXCEPTION = 9;
  public static final int CPUID = 10;
  public static final int PRIVILEGED_CALL = 11;
  public static final int INTERRUPT = 12;
  public static final int DESCRIPTOR_ACCESS = 13;
  public static final int EMUL_UNIMPLEMENTED = 14;
  public static final int VMEXIT = 15;
  public static final int IO_INSTRUCTION = 16;

  private VmEventReason() {}
}
