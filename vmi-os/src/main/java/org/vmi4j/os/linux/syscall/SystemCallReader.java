package org.vmi4j.os.linux.syscall;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.SystemCallShape;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.task.TaskReader;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * Reads a call from its processor, at the first instruction of its function and after its return.
 * What a call refers to is copied at once, since the program may change it.
 *
 * <p>One call may refer to {@value #BUDGET} bytes; what would exceed that is left out of it.
 */
public final class SystemCallReader {
  private static final int BUDGET = 1 << 18;

  private final TaskReader tasks;
  private final Memory memory;
  private final SystemCallShape shape;
  private final Architecture own;
  private final Architecture narrow;
  private final Map<Architecture, Field[]> arguments = new LinkedHashMap<>();
  private final Optional<Field> mark;

  /**
   * Binds the members of the saved registers.
   *
   * @throws VmiException if the profile lacks some of them
   */
  public SystemCallReader(Kernel kernel, TaskReader tasks) {
    this.tasks = tasks;
    this.memory = kernel.addressSpace();
    LinuxArch arch = LinuxArch.of(kernel.architecture()).orElseThrow();
    this.shape = arch.systemCalls();
    this.own = arch.architecture();
    this.narrow = arch.narrow();
    Binder binder = kernel.profile().binder();
    shape
        .arguments()
        .forEach(
            (program, paths) ->
                arguments.put(
                    program,
                    paths.stream()
                        .map(path -> binder.field("pt_regs", path))
                        .toArray(Field[]::new)));
    this.mark = binder.optional(shape.narrow().place().type(), shape.narrow().path());
    binder.check();
  }

  /**
   * Returns the register that holds the address of the saved registers when a call's function is
   * entered.
   */
  public Register registers() {
    return shape.registers();
  }

  /** Returns the register that holds the result when a call's function has returned. */
  public Register result() {
    return shape.result();
  }

  /**
   * Reads a call whose function is about to be executed.
   *
   * @param registers the address of the saved registers
   * @param task the address of the task_struct of the thread that calls
   * @throws MemoryFault if the saved registers are not there
   */
  public SystemCall entered(SystemCallFunction function, long registers, long task) {
    Architecture program = program(function, registers, task);
    long[] values = values(program, registers);
    List<Parameter> parameters = function.parameters().orElse(UNKNOWN);
    Caller caller = caller(task, program);
    List<Argument> found = new ArrayList<>();
    int missing = 0;
    for (int i = 0; i < parameters.size(); i++) {
      Kind kind = ArgumentKinds.of(function.name(), parameters.get(i));
      int index = i;
      Optional<String> text = there(() -> kind.text(caller, values, index), values[i]);
      missing |= text.isEmpty() ? 1 << i : 0;
      found.add(
          new Argument(
              parameters.get(i).name(), text.orElse(Kinds.address(values[i]) + " (not present)")));
    }
    return new SystemCall(function, program, task, values, found, missing);
  }

  /** What is shown of a call whose parameters are not known. */
  private static final List<Parameter> UNKNOWN =
      List.of(
          new Parameter("arg1", "?"),
          new Parameter("arg2", "?"),
          new Parameter("arg3", "?"),
          new Parameter("arg4", "?"),
          new Parameter("arg5", "?"),
          new Parameter("arg6", "?"));

  /**
   * Reads the rest of a call that has returned: its result, and what its arguments refer to of
   * which the memory was not there at the entry, as it is now.
   *
   * @param result the result
   */
  public SystemCall returned(SystemCall call, long result) {
    Caller caller = caller(call.task(), call.program());
    List<Parameter> parameters = call.function().parameters().orElse(UNKNOWN);
    List<Argument> known = new ArrayList<>();
    Iterator<Argument> before = call.arguments().iterator();
    for (int i = 0; i < parameters.size(); i++) {
      known.add(after(caller, call, parameters.get(i), i, before.next(), result));
    }
    String text =
        there(() -> Results.text(caller, call.name(), result), result)
            .orElse(Long.toString(result));
    return call.returned(known, result, text);
  }

  private static Argument after(
      Caller caller,
      SystemCall call,
      Parameter parameter,
      int index,
      Argument before,
      long result) {
    Optional<Results.Output> output =
        Errors.isError(result) ? Optional.empty() : Results.output(call.name(), parameter);
    Supplier<String> text;
    if (output.isPresent()) {
      text = () -> output.get().text(caller, call.value(index), result);
    } else if (call.isMissing(index)) {
      Kind kind = ArgumentKinds.of(call.name(), parameter);
      text = () -> kind.text(caller, call.values(), index) + " (read at the return)";
    } else {
      return before;
    }
    return there(text, call.value(index))
        .map(found -> new Argument(before.name(), found))
        .orElse(before);
  }

  /** A text; nothing if it refers to memory that is not there. */
  private static Optional<String> there(Supplier<String> text, long value) {
    try {
      return Optional.of(text.get());
    } catch (BudgetExceededException e) {
      return Optional.of(Kinds.address(value) + " (too much to show)");
    } catch (VmGoneException e) {
      throw e;
    } catch (VmiException e) {
      return Optional.empty();
    }
  }

  private Caller caller(long task, Architecture program) {
    return new Caller(tasks, task, program, new Budget(BUDGET));
  }

  private Architecture program(SystemCallFunction function, long registers, long task) {
    if (function.programs().size() == 1) {
      return function.programs().iterator().next();
    }
    long base = shape.narrow().place() == SystemCallShape.Place.TASK ? task : registers;
    boolean marked =
        mark.isPresent() && (mark.get().read(memory, base) & shape.narrow().bits()) != 0;
    return marked ? narrow : own;
  }

  private long[] values(Architecture program, long registers) {
    Field[] fields = arguments.get(program);
    long[] values = new long[fields.length];
    for (int i = 0; i < fields.length; i++) {
      long value = fields[i].read(memory, registers);
      values[i] = program.pointerSize() == Long.BYTES ? value : value & 0xffff_ffffL;
    }
    return values;
  }
}
