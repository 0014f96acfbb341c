package org.vmi4j.shell.command.live;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.events.Events;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.RunningTask;
import org.vmi4j.os.linux.RunningTasks;
import org.vmi4j.os.linux.syscall.SystemCall;
import org.vmi4j.os.linux.syscall.SystemCallFunction;
import org.vmi4j.os.linux.syscall.SystemCallReader;
import org.vmi4j.plugins.linux.CallRecords;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/**
 * System calls: a breakpoint at each call's own function, and a record when it has returned, or at
 * once if it never does. Calls of other processes are left out before anything of them is read.
 */
final class TracedCalls implements Subject {
  private static final Set<String> WITHOUT_RETURN = Set.of("exit", "exit_group");

  private final Linux linux;
  private final TaskFilter filter;
  private final List<SystemCallFunction> functions;
  private final long most;
  private final SystemCallReader reader;
  private final RunningTasks tasks;
  private long count;

  /**
   * @param most how many calls are recorded
   */
  TracedCalls(Linux linux, TaskFilter filter, List<SystemCallFunction> functions, long most) {
    this.linux = linux;
    this.filter = filter;
    this.functions = functions;
    this.most = most;
    this.reader = linux.systemCallReader();
    this.tasks = linux.runningTasks();
  }

  @Override
  public RecordType type() {
    return CallRecords.CALL;
  }

  @Override
  public void begin(Events events, Consumer<Supplier<Row>> records) {
    for (SystemCallFunction function : functions) {
      events.breakpoint(
          linux.addressSpace(),
          function.address(),
          event -> entered(function, event, events, records));
    }
  }

  private Response entered(
      SystemCallFunction function,
      BreakpointEvent event,
      Events events,
      Consumer<Supplier<Row>> records) {
    Optional<RunningTask> caller = tasks.of(event).filter(filter::selects);
    if (caller.isEmpty() || count == most) {
      return Response.resume();
    }
    RunningTask task = caller.get();
    long time = event.time();
    SystemCall call = reader.entered(function, register(event, reader.registers()), task.address());
    if (WITHOUT_RETURN.contains(call.name())) {
      record(time, task, call, events, records);
      return Response.resume();
    }
    events.onReturn(
        event,
        linux.addressSpace(),
        after -> {
          SystemCall returned = reader.returned(call, register(after, reader.result()));
          record(time, task, returned, events, records);
          return Response.resume();
        });
    return Response.resume();
  }

  private void record(
      long time,
      RunningTask task,
      SystemCall call,
      Events events,
      Consumer<Supplier<Row>> records) {
    if (count < most) {
      count++;
      records.accept(() -> CallRecords.row(time, task, call));
      if (count == most) {
        events.stop();
      }
    }
  }

  /** A register that the event lacks, as those of Arm do, is read from the processor. */
  private long register(BreakpointEvent event, Register register) {
    if (event.registers().has(register)) {
      return event.register(register);
    }
    return linux
        .vm()
        .find(Vcpus.class)
        .orElseThrow(() -> new VmiException("the machine does not tell " + register.label()))
        .vcpu(event.vcpu())
        .read(register);
  }
}
