package org.vmi4j.os.linux.task;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.arch.CurrentTask;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Profile;

/**
 * Reads the task that a processor executes from its per-CPU variables. Their addresses are those of
 * the symbols and what __per_cpu_offset has for the processor (include/asm-generic/percpu.h).
 */
final class PerCpuTask {
  private final Memory memory;
  private final long variable;

  /** The address of __per_cpu_offset; 0 in a kernel for one processor, which has none. */
  private final long offsets;

  private final Register[] bases;
  private final int processors;

  private PerCpuTask(
      Memory memory, long variable, long offsets, List<Register> bases, int processors) {
    this.memory = memory;
    this.variable = variable;
    this.offsets = offsets;
    this.bases = bases.toArray(Register[]::new);
    this.processors = processors;
  }

  /**
   * Binds the variable; empty if the profile lacks it.
   *
   * @param processors how many virtual processors the machine has
   */
  static Optional<PerCpuTask> of(Kernel kernel, CurrentTask shape, int processors) {
    OptionalLong offsets = kernel.profile().symbols().address("__per_cpu_offset");
    for (String name : shape.variables()) {
      OptionalLong variable = variable(kernel.profile(), name);
      // Without offsets it has to be the address of a plain variable.
      if (variable.isPresent() && (offsets.isPresent() || variable.getAsLong() < 0)) {
        return Optional.of(
            new PerCpuTask(
                kernel.addressSpace(),
                variable.getAsLong(),
                offsets.orElse(0),
                shape.bases(),
                processors));
      }
    }
    return Optional.empty();
  }

  private static OptionalLong variable(Profile profile, String name) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return profile.symbols().address(name);
    }
    String struct = name.substring(0, dot);
    OptionalLong start = profile.symbols().address(struct);
    Optional<Field> member = profile.binder().optional(struct, name.substring(dot + 1));
    return start.isPresent() && member.isPresent()
        ? OptionalLong.of(start.getAsLong() + member.get().offset())
        : OptionalLong.empty();
  }

  /** Returns the address of the task_struct. */
  long of(int vcpu, EventRegisters registers) {
    return memory.readLong(variable + (offsets == 0 ? 0 : base(vcpu, registers)));
  }

  /**
   * Returns the offset of a processor. The kernel may number its processors otherwise than the
   * machine does: then the base that the registers hold is the offset of another number. A program
   * can put any address into the register of its own, but not into the kernel's.
   */
  private long base(int vcpu, EventRegisters registers) {
    long expected = offset(vcpu);
    for (Register register : bases) {
      if (registers.has(register) && registers.get(register) == expected) {
        return expected;
      }
    }
    for (Register register : bases) {
      if (registers.has(register) && isOffset(registers.get(register))) {
        return registers.get(register);
      }
    }
    return expected;
  }

  private boolean isOffset(long base) {
    for (int i = 0; i < processors; i++) {
      if (offset(i) == base) {
        return true;
      }
    }
    return false;
  }

  private long offset(int processor) {
    return memory.readLong(offsets + (long) processor * Long.BYTES);
  }
}
