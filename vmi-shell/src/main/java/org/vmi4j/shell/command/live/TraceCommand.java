package org.vmi4j.shell.command.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.syscall.SystemCallFunction;
import org.vmi4j.os.linux.syscall.SystemCalls;
import org.vmi4j.shell.command.MachineCommand;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the system calls of a running guest. */
@Command(
    name = "trace",
    description = {
      "Prints system calls of a running guest with their arguments and results, each when it has"
          + " returned, until Ctrl-C. The guest waits while a call is recorded, and is left as it"
          + " was."
    },
    footer = {
      "",
      "Examples: vmi trace xen:web01 --name nginx",
      "          vmi trace xen:web01 --call openat,execve,connect -o json --for 30s"
    })
final class TraceCommand extends MachineCommand {
  @Mixin private TaskFilter filter;
  @Mixin private OutputOptions output;

  @Option(
      names = "--call",
      paramLabel = "NAME",
      split = ",",
      description = "Only these calls, separated by commas (default: all).")
  private List<String> calls = List.of();

  @Option(names = "--count", paramLabel = "N", description = "End after N calls.")
  private Long count;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "End after this time: 30s, 500ms, 2m, 1h.")
  private String time;

  @Override
  protected void run(Guest guest) {
    Duration duration = time == null ? Duration.ofNanos(Long.MAX_VALUE) : span();
    if (count != null && count <= 0) {
      throw wrong("--count must be 1 or more");
    }
    if (guest.vm().find(EventSource.class).isEmpty()) {
      throw new VmiException(
          guest.vm().uri() + " (" + guest.vm().description() + ") does not report events",
          Remedy.RUNNING_MACHINE);
    }
    Linux linux = guest.linux();
    filter.pid().ifPresent(linux::process);
    long most = count == null ? Long.MAX_VALUE : count;
    Subject subject = new TracedCalls(linux, filter, functions(linux.systemCalls()), most);
    Watch watch = new Watch(session(), guest.vm(), output.stream(session().out()));
    if (Interrupts.during(() -> watch.run(subject, duration))) {
      throw new CancellationException("stopped");
    }
  }

  private Duration span() {
    return Span.parse(time)
        .orElseThrow(() -> wrong("\"" + time + "\" is no time; write 30s, 500ms, 2m or 1h"));
  }

  private List<SystemCallFunction> functions(SystemCalls known) {
    if (calls.isEmpty()) {
      return known.functions();
    }
    List<SystemCallFunction> selected = new ArrayList<>();
    for (String name : calls) {
      List<SystemCallFunction> found = known.named(name);
      if (found.isEmpty()) {
        throw wrong("the guest's kernel has no system call " + name);
      }
      selected.addAll(found);
    }
    return selected;
  }
}
