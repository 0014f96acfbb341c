package org.vmi4j.xenabi.event;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A copy of one slot of the ring: a request, which is made its own response. What a response does
 * not change stays as Xen sent it, since Xen reads some of it again.
 */
public final class VmEventSlot {
  private static final int VERSION = 0;
  private static final int FLAGS = 4;
  private static final int REASON = 8;
  private static final int VCPU = 12;
  private static final int VIEW = 16;
  private static final int U = 24;
  private static final int U_END = VmEventLayout.DATA;

  /** The type of INT3: Intel SDM volume 3C, 25.8.3. */
  private static final int SOFTWARE_EXCEPTION = 6;

  private static final int ACCESS_READ = 1;
  private static final int ACCESS_WRITE = 1 << 1;
  private static final int ACCESS_EXECUTE = 1 << 2;
  private static final int ACCESS_GLA_VALID = 1 << 3;
  private static final int ACCESS_IN_GPT = 1 << 5;

  private final VmEventLayout layout;
  private final ByteBuffer bytes;

  /** Creates an empty slot. */
  public VmEventSlot(VmEventLayout layout) {
    this.layout = layout;
    this.bytes = ByteBuffer.allocateDirect(layout.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes of the slot, from index 0. */
  public ByteBuffer bytes() {
    return bytes;
  }

  public VmEventLayout layout() {
    return layout;
  }

  /** The version of the interface that the request is of. */
  public int version() {
    return bytes.getInt(VERSION);
  }

  /** {@link VmEventFlags}. */
  public int flags() {
    return bytes.getInt(FLAGS);
  }

  /** {@link VmEventReason}, or another number. */
  public int reason() {
    return bytes.getInt(REASON);
  }

  public int vcpu() {
    return bytes.getInt(VCPU);
  }

  /** Whether the processor waits for the response. */
  public boolean isWaiting() {
    return (flags() & VmEventFlags.VCPU_PAUSED) != 0;
  }

  /** The view that the processor is in; 0 if the request has none. */
  public int view() {
    return (flags() & VmEventFlags.ALTERNATE_P2M) != 0 ? bytes.getShort(VIEW) & 0xffff : 0;
  }

  /** The frame of a memory access, a breakpoint, a step, a debug exception. */
  public long frame() {
    return bytes.getLong(U);
  }

  /** Of a memory access: where in the frame. */
  public long offset() {
    return bytes.getLong(U + 8);
  }

  /** Of a memory access: the guest-virtual address, if {@link #isVirtualAddressValid}. */
  public long virtualAddress() {
    return bytes.getLong(U + 16);
  }

  public boolean isVirtualAddressValid() {
    return isAccess(ACCESS_GLA_VALID);
  }

  public boolean isRead() {
    return isAccess(ACCESS_READ);
  }

  public boolean isWrite() {
    return isAccess(ACCESS_WRITE);
  }

  public boolean isExecute() {
    return isAccess(ACCESS_EXECUTE);
  }

  /** Whether the access is one of the processor to a page table. */
  public boolean isWalk() {
    return isAccess(ACCESS_IN_GPT);
  }

  private boolean isAccess(int flag) {
    return (bytes.getInt(U + 24) & flag) != 0;
  }

  /** Of a write to a control register: {@code VM_EVENT_X86_*}, 0 to 3: CR0, CR3, CR4, XCR0. */
  public int controlRegister() {
    return bytes.getInt(U);
  }

  /** Of a write to an MSR: its number. */
  public int msr() {
    return bytes.getInt(U);
  }

  /** The value that is written to a control register or an MSR. */
  public long newValue() {
    return bytes.getLong(U + 8);
  }

  /** The value before, of a control register. */
  public long oldValue() {
    return bytes.getLong(U + 16);
  }

  /** The value before, of an MSR; 0 where Xen does not report it. */
  public long oldMsr() {
    return layout.hasOldMsr() ? bytes.getLong(U + 16) : 0;
  }

  /** Of a debug exception: its causes, as DR6 shows them; 0 where Xen does not report them. */
  public long pendingDebug() {
    return layout.hasPendingDebug() ? bytes.getLong(U + 8) : 0;
  }

  /** Of a breakpoint and a debug exception: the length of the instruction. */
  public int instructionLength() {
    return layout.hasInstructionLength() ? bytes.getInt(U + debug()) : 1;
  }

  /** Of a breakpoint and a debug exception: the type, as VMX numbers it. */
  public int exceptionType() {
    return layout.hasInstructionLength() ? bytes.get(U + debug() + 4) & 0xff : SOFTWARE_EXCEPTION;
  }

  private int debug() {
    return layout.hasPendingDebug() ? 16 : 8;
  }

  /** Of CPUID: the length of the instruction. */
  public int cpuidLength() {
    return bytes.getInt(U);
  }

  public int cpuidLeaf() {
    return bytes.getInt(U + 4);
  }

  public int cpuidSubleaf() {
    return bytes.getInt(U + 8);
  }

  public int interruptVector() {
    return bytes.getInt(U);
  }

  public int interruptType() {
    return bytes.getInt(U + 4);
  }

  /** The error code; -1 if there is none. */
  public int interruptErrorCode() {
    return bytes.getInt(U + 8);
  }

  public long interruptFaultAddress() {
    return bytes.getLong(U + 16);
  }

  /** Of an access to a descriptor table: 1 to 4: IDTR, GDTR, LDTR, TR. */
  public int descriptor() {
    return bytes.get(U + 16) & 0xff;
  }

  public boolean isDescriptorWrite() {
    return bytes.get(U + 17) != 0;
  }

  /** Why the processor left the guest, as VMX numbers it. */
  public int exitReason() {
    return bytes.getInt(U);
  }

  public long exitQualification() {
    return bytes.getLong(U + 8);
  }

  /** How many bytes an access to a port transfers. */
  public int portBytes() {
    return bytes.getInt(U);
  }

  public int port() {
    return bytes.getShort(U + 4) & 0xffff;
  }

  public boolean isPortIn() {
    return bytes.get(U + 6) != 0;
  }

  public boolean isPortString() {
    return bytes.get(U + 7) != 0;
  }

  /**
   * Makes the request its response.
   *
   * @param flags what the response does; whether the processor waits is kept from the request
   */
  public void respond(int flags) {
    bytes.putInt(FLAGS, flags() & VmEventFlags.VCPU_PAUSED | flags);
  }

  /** Names the view to change to, with {@link VmEventFlags#ALTERNATE_P2M}. */
  public void setView(int view) {
    bytes.putShort(VIEW, (short) view);
  }

  /** Names the view after a step, with {@link VmEventFlags#FAST_SINGLESTEP}. */
  public void setViewAfterStep(int view) {
    bytes.putShort(U, (short) view);
  }

  /** Makes this a response to no request, which lets a processor go on that waits for one. */
  public void release(int vcpu) {
    for (int at = 0; at < U_END; at += Long.BYTES) {
      bytes.putLong(at, 0);
    }
    bytes.putInt(VERSION, layout.version());
    bytes.putInt(REASON, VmEventReason.UNKNOWN);
    bytes.putInt(VCPU, vcpu);
    bytes.putInt(FLAGS, VmEventFlags.VCPU_PAUSED);
  }
}
