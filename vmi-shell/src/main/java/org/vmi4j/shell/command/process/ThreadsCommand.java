package org.vmi4j.shell.command.process;

import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the threads of all processes. */
@Command(
    name = "threads",
    description = "Lists the threads of all processes.",
    footer = {"", "Example: vmi threads file:guest.elf"})
final class ThreadsCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    report(sink -> LinuxRecords.threads(guest.linux(), sink));
  }
}
