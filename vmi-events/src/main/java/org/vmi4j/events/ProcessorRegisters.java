package org.vmi4j.events;

import java.util.Optional;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.event.Event;

/** The registers of the processor of an event: those that the event lacks are read from it. */
final class ProcessorRegisters {
  private final Optional<Vcpus> vcpus;

  ProcessorRegisters(Vm vm) {
    this.vcpus = vm.find(Vcpus.class);
  }

  /**
   * Returns a register.
   *
   * @throws VmiException if neither the event carries it nor the machine gives it, or if the
   *     processor runs on already
   */
  long read(Event event, Register register) {
    if (event.registers().has(register)) {
      return event.register(register);
    }
    if (!event.isWaiting() || vcpus.isEmpty()) {
      throw new VmiException("the register " + register.label() + " is not known at " + event);
    }
    return vcpus.get().vcpu(event.vcpu()).read(register);
  }
}
