package org.vmi4j.shell.command.process;

import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the processes. */
@Command(
    name = "ps",
    description = "Lists the processes.",
    footer = {"", "Example: vmi ps file:guest.elf -o json"})
final class PsCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    report(sink -> LinuxRecords.processes(guest.linux(), sink));
  }
}
