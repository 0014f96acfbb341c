package org.vmi4j.api.cpu;

import java.util.List;

/** Processors that do not run: their registers stay as they were recorded. */
final class RecordedVcpus implements Vcpus {
  private final List<RegisterValues> registers;

  RecordedVcpus(List<RegisterValues> registers) {
    this.registers = registers.stream().map(RegisterValues::copy).toList();
  }

  @Override
  public int count() {
    return registers.size();
  }

  @Override
  public Vcpu vcpu(int index) {
    return new Recorded(index, registers.get(index));
  }

  private record Recorded(int index, RegisterValues values) implements Vcpu {
    @Override
    public RegisterValues registers() {
      return values.copy();
    }

    @Override
    public long read(Register register) {
      return values.get(register);
    }
  }
}
