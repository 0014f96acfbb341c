package org.vmi4j.os.linux.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.cpu.Vcpus;
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
   * @param names the registers, from the start of struct pt_regs on
   * @param paddings what may be kept free between it and the top of the stack
   * @param bases where a thread's other registers are in its task_struct
   * @param inProgram tells the registers of a program from those of the kernel, or from rubbish
   */
  private record Shape(
      List<String> names,
      List<Integer> paddings,
      Map<String, String> bases,
      Predicate<Registers> inProgram) {}

  /** Since Linux 6.9 two longs are free above, for FRED. */
  private static final Shape X86_64 =
      new Shape(
          List.of(
              "r15",
              "r14",
              "r13",
              "r12",
              "rbp",
              "rbx",
              "r11",
              "r10",
              "r9",
              "r8",
              "rax",
              "rcx",
              "rdx",
              "rsi",
              "rdi",
              "orig_rax",
              "rip",
              "cs",
              "rflags",
              "rsp",
              "ss"),
          List.of(0, 16),
          Map.of("fs_base", "thread.fsbase", "gs_base", "thread.gsbase"),
          UserRegisters::inX86Program);

  /** PSTATE.M: all zero at EL0 in 64-bit mode. */
  private static final int LEVEL_AND_WIDTH = 0x1f;

  private static final Shape AARCH64 =
      new Shape(
          Stream.concat(
                  IntStream.range(0, 31).mapToObj(i -> "x" + i), Stream.of("sp", "pc", "pstate"))
              .toList(),
          List.of(0),
          Map.of("tpidr_el0", "thread.uw.tp_value"),
          registers -> (registers.value("pstate").orElse(-1) & LEVEL_AND_WIDTH) == 0);

  /** Selectors of programs: arch/x86/include/asm/segment.h, and those of Xen, xen-x86_64.h. */
  private static final Set<Long> X86_CODE = Set.of(0x33L, 0x23L, 0xe033L, 0xe023L);

  private static final Set<Long> X86_STACK = Set.of(0x2bL, 0xe02bL);

  private static final int SELECTOR = 0xffff;

  private final Vm vm;
  private final Architecture architecture;
  private final Shape shape;
  private final Memory memory;
  private final long size;
  private final Field stack;
  private final Optional<Field> onProcessor;
  private final Optional<Field> processor;
  private final Map<String, Field> bases;

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
    this.bases = new LinkedHashMap<>();
    shape
        .bases()
        .forEach(
            (name, path) ->
                binder.optional("task_struct", path).ifPresent(field -> bases.put(name, field)));
    binder.check();
  }

  /** The registers of a task that has a program. */
  Optional<Registers> of(long task) {
    Optional<Registers> running = running(task);
    return running.isPresent() ? running : saved(task);
  }

  private Optional<Registers> running(long task) {
    if (onProcessor.isEmpty() || processor.isEmpty() || onProcessor.get().read(memory, task) == 0) {
      return Optional.empty();
    }
    long number = processor.get().read(memory, task);
    List<Registers> all = vm.find(Vcpus.class).map(Vcpus::registers).orElse(List.of());
    return number >= 0 && number < all.size()
        ? Optional.of(all.get((int) number)).filter(shape.inProgram())
        : Optional.empty();
  }

  private static boolean inX86Program(Registers registers) {
    return X86_CODE.contains(registers.value("cs").orElse(0))
        && X86_STACK.contains(registers.value("ss").orElse(0));
  }

  private Optional<Registers> saved(long task) {
    long top = stack.read(memory, task) + STACK;
    for (int padding : shape.paddings()) {
      Registers registers = at(top - padding - size, task);
      if (shape.inProgram().test(registers)) {
        return Optional.of(registers);
      }
    }
    return Optional.empty();
  }

  private Registers at(long start, long task) {
    Map<String, Long> values = new LinkedHashMap<>();
    long at = start;
    for (String name : shape.names()) {
      values.put(name, memory.readLong(at));
      at += Long.BYTES;
    }
    values.computeIfPresent("cs", (name, value) -> value & SELECTOR);
    values.computeIfPresent("ss", (name, value) -> value & SELECTOR);
    bases.forEach((name, field) -> values.put(name, field.read(memory, task)));
    return new Registers(architecture, values);
  }
}
