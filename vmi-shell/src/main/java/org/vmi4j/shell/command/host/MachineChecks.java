package org.vmi4j.shell.command.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.VmDriver;
import org.vmi4j.events.Recovery;

/** What a machine offers, and what killed programs left in it. */
final class MachineChecks {
  private static final String EVENTS = "events";
  private static final String LEFT = "left behind";

  private MachineChecks() {}

  /** Examines one machine. */
  static List<Check> of(Vm vm) {
    List<Check> checks = new ArrayList<>(events(vm));
    checks.addAll(leftIn(vm));
    return checks;
  }

  private static List<Check> events(Vm vm) {
    try {
      return vm.find(EventSource.class)
          .map(EventSource::features)
          .map(MachineChecks::events)
          .orElse(List.of(Check.ok(EVENTS, "none")));
    } catch (VmiException e) {
      return List.of(Check.warning(EVENTS, "unknown", e.getMessage()));
    }
  }

  private static List<Check> events(EventFeatures features) {
    List<Check> checks = new ArrayList<>();
    checks.add(
        Check.ok(
            EVENTS,
            features.kinds().stream()
                .sorted()
                .map(Object::toString)
                .collect(Collectors.joining(", "))));
    new TreeMap<>(features.missing())
        .forEach((feature, why) -> checks.add(Check.warning("no " + feature, why, "")));
    return checks;
  }

  /** Returns what was left in a machine; nothing that says that nothing was. */
  private static List<Check> leftIn(Vm vm) {
    String advice = "run vmi recover " + vm.uri();
    List<Check> checks = new ArrayList<>();
    try {
      new Recovery(vm).findings().forEach(found -> checks.add(Check.failed(LEFT, found, advice)));
      boolean monitored =
          vm.find(EventRecovery.class).filter(EventRecovery::isMonitored).isPresent();
      if (monitored && checks.isEmpty()) {
        checks.add(
            Check.warning(
                LEFT, "a program monitors it, or did and was killed", "if none does, " + advice));
      }
    } catch (VmiException e) {
      checks.add(Check.warning(LEFT, "unknown", e.getMessage()));
    }
    return checks;
  }

  /**
   * Examines all machines of a driver for what was left in them.
   *
   * @return the machines in which something was found, by their URIs
   */
  static Map<String, List<Check>> leftBehind(VmDriver driver) {
    Map<String, List<Check>> found = new LinkedHashMap<>();
    for (VmInfo machine : machines(driver)) {
      try (Vm vm = Vmi.open(machine.uri())) {
        List<Check> left = leftIn(vm);
        if (!left.isEmpty()) {
          found.put(machine.uri(), left);
        }
      } catch (VmiException ignored) {
        // What cannot be opened, such as the control domain itself, was not monitored either.
      }
    }
    return found;
  }

  private static List<VmInfo> machines(VmDriver driver) {
    try {
      return Vmi.list(driver.scheme() + ":");
    } catch (VmiException none) {
      return List.of();
    }
  }
}
