package org.vmi4j.testkit;

import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;

/** Recorded processors, each reading of which is in the log of operations. */
record MockVcpus(Vcpus recorded, Operations operations) implements Vcpus {

  @Override
  public int count() {
    return recorded.count();
  }

  @Override
  public Vcpu vcpu(int index) {
    return new MockVcpu(recorded.vcpu(index), operations);
  }

  private record MockVcpu(Vcpu recorded, Operations operations) implements Vcpu {
    @Override
    public int index() {
      return recorded.index();
    }

    @Override
    public RegisterValues registers() {
      operations.perform(Operation.Kind.READ_REGISTERS, index());
      return recorded.registers();
    }
  }
}
