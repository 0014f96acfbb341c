package org.vmi4j.shell.command.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.spi.Check;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.complete.MachineUri;
import org.vmi4j.shell.session.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Checks the requirements of this host. */
@Command(
    name = "doctor",
    description = {
      "Checks the requirements of this host, for Java, memory images and running machines, and"
          + " reports for each what was found and what to do; with a machine, also what events it"
          + " reports. Says which machines a killed program left monitored. Changes nothing."
    },
    footer = {"", "Exit codes: 0 all requirements are met, 1 one is not."})
final class DoctorCommand extends SessionCommand {
  private static final RecordType CHECK =
      RecordType.named("check")
          .text("driver")
          .text("check")
          .text("status")
          .text("found")
          .text("advice");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "URI",
      completionCandidates = MachineUri.class,
      description = "A machine to examine too. Omit it inside the shell.")
  private String uri;

  @Mixin private OutputOptions output;

  @Override
  protected void run() {
    // Java's own checks come first: what a driver loads may change what Java reports of native
    // access.
    Map<String, List<Check>> checks = new LinkedHashMap<>();
    checks.put("java", JavaChecks.examine());
    Vmi.drivers().forEach(driver -> checks.put(driver.scheme(), driver.checks()));
    if (uri == null) {
      Vmi.drivers().forEach(driver -> checks.putAll(MachineChecks.leftBehind(driver)));
    } else {
      checks.put(uri, MachineChecks.of(session().guest(uri, Optional.empty()).vm()));
    }
    if (output.isTable()) {
      int width =
          checks.values().stream()
              .flatMap(List::stream)
              .mapToInt(check -> check.name().length())
              .max()
              .orElse(0);
      checks.forEach((driver, all) -> all.forEach(check -> lines(driver, check, width)));
    } else {
      write(checks, output.list(session().out()));
    }
    if (checks.values().stream()
        .flatMap(List::stream)
        .anyMatch(check -> check.status() == Check.Status.FAILED)) {
      session().exitWith(ExitCode.FAILED);
    }
  }

  private static void write(Map<String, List<Check>> checks, RecordSink out) {
    try (RecordSink sink = out) {
      sink.begin(CHECK);
      checks.forEach(
          (driver, all) ->
              all.forEach(
                  check ->
                      sink.write(
                          CHECK.row(
                              driver,
                              check.name(),
                              status(check),
                              check.found(),
                              check.advice()))));
    }
  }

  /** Prints a table; advice has a line of its own, since it is a sentence. */
  private void lines(String driver, Check check, int width) {
    String line =
        String.format(
            Locale.ROOT,
            "%-8s %-5s %-" + width + "s  %s",
            status(check),
            driver + ":",
            check.name(),
            check.found());
    session().out().println(Printable.of(line));
    if (!check.advice().isEmpty()) {
      session().out().println(Printable.of(" ".repeat(15) + "to do: " + check.advice()));
    }
  }

  private static String status(Check check) {
    return check.status().name().toLowerCase(Locale.ROOT);
  }
}
