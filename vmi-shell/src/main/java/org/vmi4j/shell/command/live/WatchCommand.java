package org.vmi4j.shell.command.live;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.events.EventFilter;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.shell.command.MachineCommand;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a running guest does, as it happens. */
@Command(
    name = "watch",
    description = {
      "Prints events of a running guest as they happen, until Ctrl-C. The guest waits while an event"
          + " is recorded, and is left as it was."
    },
    footer = {
      "",
      "Examples: vmi watch xen:web01 --cr3 --pid 104",
      "          vmi watch xen:web01 --break do_sys_openat2 --count 10 -o json",
      "          vmi watch xen:web01 --write 0x1a2b000 --msr lstar --for 30s"
    })
final class WatchCommand extends MachineCommand {
  @Mixin private TriggerOptions what;
  @Mixin private TaskFilter filter;
  @Mixin private OutputOptions output;

  @Option(
      names = "--vcpu",
      paramLabel = "N",
      description = "Only events of this processor, from 0.")
  private Integer vcpu;

  @Option(names = "--count", paramLabel = "N", description = "End after N events.")
  private Long count;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "End after this time: 30s, 500ms, 2m, 1h.")
  private String time;

  @Override
  protected void run(Guest guest) {
    Duration duration = duration();
    if (count != null && count <= 0) {
      throw wrong("--count must be 1 or more");
    }
    EventSource source =
        guest
            .vm()
            .find(EventSource.class)
            .orElseThrow(
                () ->
                    new VmiException(
                        guest.vm().uri()
                            + " ("
                            + guest.vm().description()
                            + ") does not report events",
                        Remedy.RUNNING_MACHINE));
    EventFeatures features = source.features();
    List<Trigger> triggers = triggers(guest, features);
    EventFilter filtered = processor(guest);
    Optional<Linux> linux = linux(guest);
    Watch watch = new Watch(session(), guest.vm(), output.stream(session().out()));
    long most = count == null ? Long.MAX_VALUE : count;
    Subject subject = new WatchedEvents(linux, filter, triggers, filtered, most);
    if (Interrupts.during(() -> watch.run(subject, duration))) {
      throw new CancellationException("stopped");
    }
  }

  private Duration duration() {
    return time == null
        ? Duration.ofNanos(Long.MAX_VALUE)
        : Span.parse(time)
            .orElseThrow(() -> wrong("\"" + time + "\" is no time; write 30s, 500ms, 2m or 1h"));
  }

  /** Events of a guest whose kernel is not known can be watched, but not by process. */
  private Optional<Linux> linux(Guest guest) {
    try {
      return Optional.of(guest.linux());
    } catch (VmiException unknown) {
      if (filter.needsTask()) {
        throw unknown;
      }
      session().inform("processes and symbols are not shown: " + unknown.getMessage());
      return Optional.empty();
    }
  }

  private List<Trigger> triggers(Guest guest, EventFeatures features) {
    List<Trigger> triggers;
    try {
      triggers =
          what.of(
              guest,
              features,
              address ->
                  address < 0 || filter.pid().isEmpty()
                      ? guest.addressSpace()
                      : guest.linux().process(filter.pid().get()).addressSpace());
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
    if (triggers.isEmpty()) {
      throw wrong(
          "nothing to watch; name one or more of --cr3, --cpuid, --msr, --write, --exec, --read,"
              + " --break, --step");
    }
    filter.pid().ifPresent(pid -> guest.linux().process(pid));
    return triggers;
  }

  private EventFilter processor(Guest guest) {
    if (vcpu == null) {
      return EventFilter.ALL;
    }
    int processors = guest.vm().find(Vcpus.class).map(Vcpus::count).orElse(Integer.MAX_VALUE);
    if (vcpu < 0 || vcpu >= processors) {
      throw new VmiException(
          "the guest has no processor " + vcpu + "; it has " + processors + ", numbered from 0");
    }
    return EventFilter.ALL.vcpu(vcpu);
  }
}
