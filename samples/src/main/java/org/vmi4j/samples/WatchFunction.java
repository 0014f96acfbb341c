package org.vmi4j.samples;

import java.time.Duration;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.event.Response;
import org.vmi4j.events.Events;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.RunningTasks;
import org.vmi4j.plugins.record.Printable;

/** Prints which processes of a running guest call a function of its kernel. */
public final class WatchFunction {
  private WatchFunction() {}

  /** Takes the URI of a running machine, the name of the function, and for how many seconds. */
  public static void main(String[] arguments) {
    try (Vm vm = Vmi.open(arguments[0]);
        Events events = Events.open(vm)) {
      Linux linux = Linux.detect(vm);
      RunningTasks tasks = linux.runningTasks();
      long function = linux.symbols().address(arguments[1]).orElseThrow();
      events.breakpoint(
          linux.addressSpace(),
          function,
          event -> {
            tasks
                .of(event)
                .ifPresent(
                    task ->
                        System.out.println(
                            task.processId() + " " + Printable.of(task.processName())));
            return Response.resume();
          });
      events.run(Duration.ofSeconds(Long.parseLong(arguments[2])));
    }
  }
}
