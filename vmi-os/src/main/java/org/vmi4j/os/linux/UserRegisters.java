package org.vmi4j.os.linux;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * The registers with which a thread left its program for the kernel: {@code struct pt_regs} at the
 * top of its kernel stack (arch/x86/include/asm/ptrace.h, task_pt_regs in processor.h). Of one that
 * runs its program at this moment the processor has them.
 */
final class UserRegisters {
  private static final List<String> NAMES =
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
          "ss");

  private static final int SIZE = NAMES.size() * Long.BYTES;

  /** THREAD_SIZE of x86-64, without the sanitizer that doubles it. */
  private static final int STACK = 1 << 14;

  /** What is kept free above: nothing, or for FRED, since Linux 6.9, two longs. */
  private static final int[] PADDINGS = {0, 16};

  private static final int USER = 3;
  private static final int SELECTOR = 0xffff;

  /** __USER_DS, __USER_CS and __USER32_CS, arch/x86/include/asm/segment.h. */
  private static final int USER_STACK = 0x2b;

  private static final List<Long> USER_CODE = List.of(0x33L, 0x23L);

  private final Vm vm;
  private final Memory memory;
  private final Field stack;
  private final Optional<Field> onProcessor;
  private final Optional<Field> processor;
  private final Map<String, Optional<Field>> bases;

  UserRegisters(Vm vm, Kernel kernel) {
    this.vm = vm;
    this.memory = kernel.space();
    Binder binder = kernel.profile().binder();
    this.stack = binder.field("task_struct", "stack");
    this.onProcessor = binder.optional("task_struct", "on_cpu");
    this.processor =
        binder
            .optional("task_struct", "thread_info.cpu")
            .or(() -> binder.optional("task_struct", "cpu"));
    this.bases =
        Map.of(
            "fs_base", binder.optional("task_struct", "thread.fsbase"),
            "gs_base", binder.optional("task_struct", "thread.gsbase"));
    binder.check();
  }

  Optional<Registers> of(LinuxProcess thread) {
    try {
      if (thread.isKernelThread()) {
        return Optional.empty();
      }
      Optional<Registers> running = running(thread.address());
      return running.isPresent() ? running : saved(thread.address());
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }

  private Optional<Registers> running(long task) {
    if (onProcessor.isEmpty() || processor.isEmpty() || onProcessor.get().read(memory, task) == 0) {
      return Optional.empty();
    }
    long number = processor.get().read(memory, task);
    List<Registers> all = vm.find(Vcpus.class).map(Vcpus::registers).orElse(List.of());
    return number >= 0 && number < all.size()
        ? Optional.of(all.get((int) number)).filter(UserRegisters::inProgram)
        : Optional.empty();
  }

  private static boolean inProgram(Registers registers) {
    return (registers.value("cs").orElse(0) & USER) == USER;
  }

  private Optional<Registers> saved(long task) {
    long top = stack.read(memory, task) + STACK;
    for (int padding : PADDINGS) {
      Map<String, Long> values = new LinkedHashMap<>();
      long at = top - padding - SIZE;
      for (String name : NAMES) {
        values.put(name, memory.readLong(at));
        at += Long.BYTES;
      }
      values.computeIfPresent("cs", (name, value) -> value & SELECTOR);
      values.computeIfPresent("ss", (name, value) -> value & SELECTOR);
      if (values.get("ss") == USER_STACK && USER_CODE.contains(values.get("cs"))) {
        bases.forEach(
            (name, field) -> field.ifPresent(f -> values.put(name, f.read(memory, task))));
        return Optional.of(new Registers(Architecture.X86_64, values));
      }
    }
    return Optional.empty();
  }
}
