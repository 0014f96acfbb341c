package org.vmi4j.os.linux.task;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.elf.ThreadStatus;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * The registers with which a thread left its program for the kernel: {@code struct pt_regs} at the
 * top of its kernel stack (asm/ptrace.h, and task_pt_regs in asm/processor.h, of each
 * architecture). Of one that runs its program at this moment the processor has them.
 */
final class UserRegisters {
  /** THREAD_SIZE with pages of 4 KiB, without the sanitizer that doubles it. */
  private static final int STACK = 1 << 14;

  /**
   * How an architecture saves them.
   *
   * @param paddings what may be kept free between struct pt_regs and the top of the stack
   * @param bases where a thread's other registers are in its task_struct
   * @param inProgram tells the registers of a program from those of the kernel, or from rubbish
   */
  private record Shape(
      List<Integer> paddings, Map<Register, String> bases, Predicate<RegisterValues> inProgram) {}

  /** Since Linux 6.9 two longs are free above, for FRED. */
  private static final Shape X86_64 =
      new Shape(
          List.of(0, 16),
          Map.of(X86.FS_BASE, "thread.fsbase", X86.GS_BASE, "thread.gsbase"),
          UserRegisters::inX86Program);

  /** PSTATE.M: all zero at EL0 in 64-bit mode. */
  private static final int LEVEL_AND_WIDTH = 0x1f;

  private static final Shape AARCH64 =
      new Shape(
          List.of(0),
          Map.of(Arm64.TPIDR_EL0, "thread.uw.tp_value"),
          values -> (values.getOr(Arm64.PSTATE, -1) & LEVEL_AND_WIDTH) == 0);

  /** Selectors of programs: arch/x86/include/asm/segment.h, and those of Xen, xen-x86_64.h. */
  private static final Set<Long> X86_CODE = Set.of(0x33L, 0x23L, 0xe033L, 0xe023L);

  private static final Set<Long> X86_STACK = Set.of(0x2bL, 0xe02bL);

  private final Vm vm;
  private final Architecture architecture;
  private final Shape shape;
  private final Memory memory;
  private final long size;
  private final RegisterLayout layout;
  private final Field stack;
  private final Optional<Field> onProcessor;
  private final Optional<Field> processor;
  private final Map<Register, Field> bases;

  UserRegisters(Vm vm, Kernel kernel) {
    this.vm = vm;
    this.architecture = kernel.architecture();
    this.shape = architecture == Architecture.AARCH64 ? AARCH64 : X86_64;
    this.memory = kernel.addressSpace();
    Binder binder = kernel.profile().binder();
    this.stack = binder.field("task_struct", "stack");
    this.onProcessor = binder.optional("task_struct", "on_cpu");
    this.processor =
        binder
            .optional("task_struct", "thread_info.cpu")
            .or(() -> binder.optional("task_struct", "cpu"));
    this.size = binder.size("pt_regs");
    this.layout = ThreadStatus.of(architecture).registers().within((int) Math.min(size, STACK));
    this.bases = new LinkedHashMap<>();
    shape
        .bases()
        .forEach(
            (register, path) ->
                binder
                    .optional("task_struct", path)
                    .ifPresent(field -> bases.put(register, field)));
    binder.check();
  }

  /** The registers of a task that has a program. */
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

  private static boolean inX86Program(RegisterValues values) {
    return X86_CODE.contains(values.getOr(X86.CS, 0))
        && X86_STACK.contains(values.getOr(X86.SS, 0));
  }

  private Optional<RegisterValues> saved(long task) {
    long top = stack.read(memory, task) + STACK;
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
    bases.forEach((register, field) -> values.set(register, field.read(memory, task)));
    return values;
  }
}
