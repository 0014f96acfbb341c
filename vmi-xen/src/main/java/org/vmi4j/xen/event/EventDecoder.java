package org.vmi4j.xen.event;

import java.util.concurrent.TimeUnit;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.DebugExceptionEvent;
import org.vmi4j.api.event.DescriptorAccessEvent;
import org.vmi4j.api.event.EmulationFailureEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.GuestRequestEvent;
import org.vmi4j.api.event.InterruptEvent;
import org.vmi4j.api.event.IoEvent;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.MsrWriteEvent;
import org.vmi4j.api.event.PrivilegedCallEvent;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.api.event.UnknownEvent;
import org.vmi4j.api.event.VmExitEvent;
import org.vmi4j.xenabi.event.VmEventReason;
import org.vmi4j.xenabi.event.VmEventRegisters;
import org.vmi4j.xenabi.event.VmEventSlot;

/**
 * Reads requests as events. It has one event of each kind, which it fills anew for each request.
 */
final class EventDecoder {
  private static final int PAGE_SHIFT = 12;
  private static final long PAGE_MASK = (1 << PAGE_SHIFT) - 1;

  /** In the order of {@code VM_EVENT_X86_CR0} and so on. */
  private static final Register[] CONTROL = {X86.CR0, X86.CR3, X86.CR4, X86.XCR0};

  /** In the order of {@code VM_EVENT_DESC_IDTR} and so on, from 1. */
  private static final Register[] TABLES = {
    X86.IDTR_BASE, X86.GDTR_BASE, X86.LDTR_BASE, X86.TR_BASE
  };

  private final VmEventSlot slot;
  private final VmEventRegisters registers;
  private final long epoch =
      TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
  private long sequence;

  private final MemoryAccessEvent memoryAccess = new MemoryAccessEvent();
  private final RegisterWriteEvent registerWrite = new RegisterWriteEvent();
  private final MsrWriteEvent msrWrite = new MsrWriteEvent();
  private final BreakpointEvent breakpoint = new BreakpointEvent();
  private final SingleStepEvent singleStep = new SingleStepEvent();
  private final GuestRequestEvent guestRequest = new GuestRequestEvent();
  private final DebugExceptionEvent debugException = new DebugExceptionEvent();
  private final CpuidEvent cpuid = new CpuidEvent();
  private final PrivilegedCallEvent privilegedCall = new PrivilegedCallEvent();
  private final InterruptEvent interrupt = new InterruptEvent();
  private final DescriptorAccessEvent descriptorAccess = new DescriptorAccessEvent();
  private final EmulationFailureEvent emulationFailure = new EmulationFailureEvent();
  private final VmExitEvent vmExit = new VmExitEvent();
  private final IoEvent io = new IoEvent();
  private final UnknownEvent unknown = new UnknownEvent();

  EventDecoder(VmEventSlot slot, Architecture architecture) {
    this.slot = slot;
    this.registers = new VmEventRegisters(slot, architecture);
  }

  VmEventRegisters registers() {
    return registers;
  }

  /** Returns the event of the request in the slot, valid until the next one is taken. */
  Event decode() {
    Event event = fill();
    event.begin(
        ++sequence,
        epoch + System.nanoTime(),
        slot.vcpu(),
        slot.view(),
        slot.isWaiting(),
        registers);
    return event;
  }

  private Event fill() {
    return switch (slot.reason()) {
      case VmEventReason.MEM_ACCESS -> memoryAccess();
      case VmEventReason.WRITE_CTRLREG -> registerWrite();
      case VmEventReason.MOV_TO_MSR -> msrWrite.fill(slot.msr(), slot.newValue(), slot.oldMsr());
      case VmEventReason.SOFTWARE_BREAKPOINT ->
          breakpoint.fill(instruction(), slot.instructionLength(), slot.exceptionType());
      case VmEventReason.SINGLESTEP -> singleStep.fill(instruction());
      case VmEventReason.GUEST_REQUEST -> guestRequest;
      case VmEventReason.DEBUG_EXCEPTION ->
          debugException.fill(
              instruction(), slot.pendingDebug(), slot.instructionLength(), slot.exceptionType());
      case VmEventReason.CPUID ->
          cpuid.fill(slot.cpuidLeaf(), slot.cpuidSubleaf(), slot.cpuidLength());
      case VmEventReason.PRIVILEGED_CALL -> privilegedCall;
      case VmEventReason.INTERRUPT ->
          interrupt.fill(
              slot.interruptVector(),
              slot.interruptType(),
              slot.interruptErrorCode(),
              slot.interruptFaultAddress());
      case VmEventReason.DESCRIPTOR_ACCESS -> descriptorAccess();
      case VmEventReason.EMUL_UNIMPLEMENTED -> emulationFailure;
      case VmEventReason.VMEXIT -> vmExit.fill(slot.exitReason(), slot.exitQualification());
      case VmEventReason.IO_INSTRUCTION ->
          io.fill(slot.port(), slot.portBytes(), slot.isPortIn(), slot.isPortString());
      default -> unknown.fill(slot.reason());
    };
  }

  private Event memoryAccess() {
    return memoryAccess.fill(
        slot.frame() << PAGE_SHIFT | slot.offset() & PAGE_MASK,
        slot.virtualAddress(),
        slot.isVirtualAddressValid(),
        slot.isRead(),
        slot.isWrite(),
        slot.isExecute(),
        slot.isWalk());
  }

  private Event registerWrite() {
    int index = slot.controlRegister();
    return index >= 0 && index < CONTROL.length
        ? registerWrite.fill(CONTROL[index], slot.newValue(), slot.oldValue())
        : unknown.fill(slot.reason());
  }

  private Event descriptorAccess() {
    int index = slot.descriptor() - 1;
    return index >= 0 && index < TABLES.length
        ? descriptorAccess.fill(TABLES[index], slot.isDescriptorWrite())
        : unknown.fill(slot.reason());
  }

  /** Xen reports the frame of the instruction only; all bits are set if it found none. */
  private long instruction() {
    long frame = slot.frame();
    return frame == -1 ? -1 : frame << PAGE_SHIFT | registers.get(X86.RIP) & PAGE_MASK;
  }
}
