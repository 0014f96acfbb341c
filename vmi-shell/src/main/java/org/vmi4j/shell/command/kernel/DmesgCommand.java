package org.vmi4j.shell.command.kernel;

import java.util.Locale;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Prints the log of the kernel. */
@Command(
    name = "dmesg",
    description = "Prints the log of the kernel.",
    footer = {"", "Example: vmi dmesg file:guest.elf"})
final class DmesgCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    if (!isTable()) {
      report(sink -> LinuxRecords.log(guest.linux(), sink));
      return;
    }
    Listing<LogLine> log = guest.linux().log();
    for (LogLine line : log) {
      String time = String.format(Locale.ROOT, "[%12.6f] ", line.nanoseconds() / 1e9);
      line.text().lines().forEach(text -> session().out().println(time + Printable.of(text)));
    }
    log.broken().ifPresent(session()::incomplete);
  }
}
