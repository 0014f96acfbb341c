package org.vmi4j.xen.event;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.xenabi.event.VmEventFlags;
import org.vmi4j.xenabi.event.VmEventReason;
import org.vmi4j.xenabi.event.VmEventRegisters;
import org.vmi4j.xenabi.event.VmEventSlot;

/** Makes a request the response that a handler gave. */
final class ResponseEncoder {
  private static final int BREAKPOINT_VECTOR = 3;
  private static final int DEBUG_VECTOR = 1;

  private final VmEventSlot slot;
  private final VmEventRegisters registers;
  private final EventFeatures features;
  private final Steps steps;
  private final Injection injection;
  private final WritableVcpus vcpus;
  private final int views;

  /**
   * @param vcpus sets registers that no response can set, on Arm
   * @param views how many views there may be
   */
  ResponseEncoder(
      VmEventSlot slot,
      VmEventRegisters registers,
      EventFeatures features,
      Steps steps,
      Injection injection,
      WritableVcpus vcpus,
      int views) {
    this.slot = slot;
    this.registers = registers;
    this.features = features;
    this.steps = steps;
    this.injection = injection;
    this.vcpus = vcpus;
    this.views = views;
  }

  /**
   * Encodes a response. An answer to an event that does not wait for one has no effect.
   *
   * @throws IllegalArgumentException if the event cannot be answered so
   * @throws org.vmi4j.api.VmiException if a call fails that it takes
   */
  void encode(Response response) {
    if (!slot.isWaiting()) {
      slot.respond(0);
      return;
    }
    if (response.equals(Response.resume())) {
      // The most frequent one: nothing else of it is set.
      slot.respond(steps.toggle(slot.vcpu(), false));
      return;
    }
    int flags = check(response);
    if (response.action() == Action.REINJECT) {
      reinject();
    }
    if (response.registers().isPresent()) {
      flags |= set(response.registers().get());
    }
    if (response.view().isPresent()) {
      slot.setView(response.view().getAsInt());
      flags |= VmEventFlags.ALTERNATE_P2M;
    }
    if (response.viewAfterStep().isPresent()) {
      steps.prepare();
      slot.setViewAfterStep(response.viewAfterStep().getAsInt());
      flags |= steps.once(slot.vcpu());
    } else {
      if (response.isStep()) {
        steps.prepare();
      }
      flags |= steps.toggle(slot.vcpu(), response.isStep());
    }
    slot.respond(flags);
  }

  /** Refuses what cannot be done before anything is done; returns the flags of the action. */
  private int check(Response response) {
    Action action = response.action();
    int flags =
        switch (action) {
          case RESUME, REINJECT -> 0;
          case DENY -> VmEventFlags.DENY;
          case EMULATE -> VmEventFlags.EMULATE;
          case EMULATE_WITHOUT_WRITE -> VmEventFlags.EMULATE | VmEventFlags.EMULATE_NOWRITE;
        };
    require(isPossible(action), "an event of this kind cannot be answered with ", action);
    require(features.actions().contains(action), "this machine cannot do it: ", action);
    require(!response.isStep() || features.singleStep(), "no single steps here: ", response);
    if (response.viewAfterStep().isPresent()) {
      require(features.stepIntoView(), "no step into another view here: ", response);
      // The number of the view lies where Xen looks for the operand of these.
      require(flags == 0, "a step into another view cannot be combined with ", action);
      requireView(response.viewAfterStep().getAsInt());
    }
    if (response.view().isPresent()) {
      requireView(response.view().getAsInt());
    }
    if (response.registers().isPresent() && !isArm()) {
      registers.check(response.registers().get());
    }
    return flags;
  }

  private boolean isArm() {
    return registers.architecture() == Architecture.AARCH64
        || registers.architecture() == Architecture.ARM;
  }

  private boolean isPossible(Action action) {
    int reason = slot.reason();
    return switch (action) {
      case RESUME -> true;
      case DENY -> reason == VmEventReason.WRITE_CTRLREG || reason == VmEventReason.MOV_TO_MSR;
      case EMULATE, EMULATE_WITHOUT_WRITE ->
          reason == VmEventReason.MEM_ACCESS || reason == VmEventReason.DESCRIPTOR_ACCESS;
      case REINJECT ->
          reason == VmEventReason.SOFTWARE_BREAKPOINT || reason == VmEventReason.DEBUG_EXCEPTION;
    };
  }

  private void requireView(int view) {
    require(view >= 0 && view < views, "there can be no view ", view);
  }

  private static void require(boolean condition, String message, Object detail) {
    if (!condition) {
      throw new IllegalArgumentException(message + detail);
    }
  }

  private void reinject() {
    boolean debug = slot.reason() == VmEventReason.DEBUG_EXCEPTION;
    injection.inject(
        slot.vcpu(),
        debug ? DEBUG_VECTOR : BREAKPOINT_VECTOR,
        slot.exceptionType(),
        slot.instructionLength(),
        debug ? slot.pendingDebug() : 0);
  }

  /** On Arm a response sets the program counter only; the rest is set while the processor waits. */
  private int set(RegisterValues values) {
    if (registers.canSet(values)) {
      registers.set(values);
      return VmEventFlags.SET_REGISTERS;
    }
    vcpus.write(slot.vcpu(), values);
    Register counter = registers.architecture() == Architecture.ARM ? Arm.PC : Arm64.PC;
    if (!values.has(counter)) {
      return 0;
    }
    registers.set(values);
    return VmEventFlags.SET_REGISTERS;
  }
}
