package org.vmi4j.os.linux.task;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.elf.ThreadStatus;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.SavedRegisters;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * The user-mode registers that a thread had when it entered the kernel: {@code struct pt_regs} at
 * the top of its kernel stack (asm/ptrace.h, and task_pt_regs in asm/processor.h, of each
 * architecture). For a thread that is running in user mode, they are read from its processor.
 */
final class UserRegisters {
  private final Vm vm;
  private final Architecture architecture;
  private final SavedRegisters shape;
  private final long stackSize;
  private final Memory memory;
  private final long size;
  private final RegisterLayout layout;
  private final Field stack;
  private final Optional<Field> onProcessor;
  private final Optional<Field> processor;
  private final Map<Register, Field> others;

  UserRegisters(Vm vm, Kernel kernel) {
    this.vm = vm;
    this.architecture = kernel.architecture();
    this.shape = LinuxArch.of(architecture).orElseThrow().savedRegisters();
    this.stackSize = Math.max(shape.leastStack(), kernel.addressSpace().mode().pageSize());
    this.memory = kernel.addressSpace();
    Binder binder = kernel.profile().binder();
    this.stack = binder.field("task_struct", "stack");
    this.onProcessor = binder.optional("task_struct", "on_cpu");
    this.processor =
        binder
            .optional("task_struct", "thread_info.cpu")
            .or(() -> binder.optional("task_struct", "cpu"));
    this.size = binder.size("pt_regs");
    this.layout = ThreadStatus.of(architecture).registers().within((int) Math.min(size, stackSize));
    this.others = new LinkedHashMap<>();
    shape
        .others()
        .forEach(
            (register, path) ->
                binder
                    .optional("task_struct", path)
                    .ifPresent(field -> others.put(register, field)));
    binder.check();
  }

  /** Returns the user-mode registers of a task that is not a kernel thread. */
  Optional<RegisterValues> of(long task) {
    Optional<RegisterValues> running = running(task);
    return running.isPresent() ? running : saved(task);
  }

  private Optional<RegisterValues> running(long task) {
    if (onProcessor.isEmpty() || processor.isEmpty() || onProcessor.get().read(memory, task) == 0) {
      return Optional.empty();
    }
    long number = processor.get().read(memory, task);
    return vm.find(Vcpus.class)
        .filter(vcpus -> number >= 0 && number < vcpus.count())
        .map(vcpus -> vcpus.vcpu((int) number).registers())
        .filter(shape.inProgram());
  }

  private Optional<RegisterValues> saved(long task) {
    long top = stack.read(memory, task) + stackSize;
    for (int padding : shape.paddings()) {
      RegisterValues registers = at(top - padding - size, task);
      if (shape.inProgram().test(registers)) {
        return Optional.of(registers);
      }
    }
    return Optional.empty();
  }

  private RegisterValues at(long start, long task) {
    byte[] saved = new byte[layout.size()];
    memory.read(start, saved, 0, saved.length);
    RegisterValues values = new RegisterValues(architecture);
    layout.read(ByteBuffer.wrap(saved), values);
    others.forEach((register, field) -> values.set(register, field.read(memory, task)));
    return values;
  }
}
