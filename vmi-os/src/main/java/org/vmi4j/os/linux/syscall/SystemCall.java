package org.vmi4j.os.linux.syscall;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;

/** A call by a program: what it was called with, and once it has returned, with what result. */
public final class SystemCall {
  private final SystemCallFunction function;
  private final Architecture program;
  private final long task;
  private final long[] values;
  private final List<Argument> arguments;
  private final int missing;
  private final OptionalLong result;
  private final Optional<String> resultText;

  /**
   * @param missing a bit for each argument that refers to memory that was not there
   */
  SystemCall(
      SystemCallFunction function,
      Architecture program,
      long task,
      long[] values,
      List<Argument> arguments,
      int missing) {
    this(
        function,
        program,
        task,
        values,
        arguments,
        missing,
        OptionalLong.empty(),
        Optional.empty());
  }

  private SystemCall(
      SystemCallFunction function,
      Architecture program,
      long task,
      long[] values,
      List<Argument> arguments,
      int missing,
      OptionalLong result,
      Optional<String> resultText) {
    this.function = function;
    this.program = program;
    this.task = task;
    this.values = values;
    this.arguments = List.copyOf(arguments);
    this.missing = missing;
    this.result = result;
    this.resultText = resultText;
  }

  /** The same call after its return. */
  SystemCall returned(List<Argument> known, long value, String text) {
    return new SystemCall(
        function, program, task, values, known, 0, OptionalLong.of(value), Optional.of(text));
  }

  /** Returns the kernel's function. */
  public SystemCallFunction function() {
    return function;
  }

  /** Returns the name of the call: {@code "openat"}. */
  public String name() {
    return function.name();
  }

  /** Returns the architecture of the program, which determines how it called. */
  public Architecture program() {
    return program;
  }

  /** Returns the virtual address of the task_struct of the thread that called. */
  public long task() {
    return task;
  }

  /**
   * Returns the arguments, as they were when the kernel was entered. Once the call has returned,
   * those that refer to memory that was not there before, or that the call has filled, are those
   * after the return.
   */
  public List<Argument> arguments() {
    return arguments;
  }

  long value(int index) {
    return values[index];
  }

  long[] values() {
    return values;
  }

  boolean isMissing(int index) {
    return (missing >>> index & 1) != 0;
  }

  /** Returns the result; empty until the call has returned. -1 to -4095 is an error. */
  public OptionalLong result() {
    return result;
  }

  /**
   * Returns the result as text, the name of an error for one: {@code "3</etc/passwd>"}, {@code
   * "ENOENT"}; empty until the call has returned.
   */
  public Optional<String> resultText() {
    return resultText;
  }

  /** Returns the call as in a program: {@code openat(dfd=AT_FDCWD, …) = ENOENT}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name()).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(arguments.get(i));
    }
    return text.append(')') + resultText.map(each -> " = " + each).orElse("");
  }
}
