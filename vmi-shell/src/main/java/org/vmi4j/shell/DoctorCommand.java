package org.vmi4j.shell;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.VmDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at what has to be in place on this host. */
@Command(
    name = "doctor",
    description = {
      "Checks all that has to be in place on this host to look into running machines, and says for"
          + " each what was found and what to do. Changes nothing."
    },
    footer = {"", "Exit codes: 0 all is in place, 1 something is missing."})
final class DoctorCommand implements Callable<Integer> {
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  @Mixin private OutputOptions output;

  private final Session session;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Table table = new Table("driver", "check", "status", "found", "advice");
    boolean failed = false;
    for (VmDriver driver : Vmi.drivers()) {
      for (Check check : driver.checks()) {
        failed |= check.status() == Check.Status.FAILED;
        table.row(
            driver.scheme(),
            check.name(),
            check.status().name().toLowerCase(Locale.ROOT),
            check.found(),
            check.advice());
      }
    }
    output.print(session, table);
    session.out().flush();
    return failed ? ExitCode.FAILED : ExitCode.OK;
  }
}
