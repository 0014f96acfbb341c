package org.vmi4j.shell.command.kernel;

import java.util.Locale;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.Table;
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
    Listing<LogLine> log = guest.linux().log();
    if (output().format() == OutputOptions.Format.table) {
      for (LogLine line : log) {
        String time = String.format(Locale.ROOT, "[%12.6f] ", line.nanoseconds() / 1e9);
        line.text()
            .lines()
            .forEach(text -> session().out().println(time + OutputOptions.plain(text)));
      }
      log.broken().ifPresent(session()::incomplete);
      return;
    }
    Table table = new Table("time", "level", "text");
    log.forEach(line -> table.row(line.nanoseconds() / 1e9, line.level(), line.text()));
    print(table, log);
  }
}
