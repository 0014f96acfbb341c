package org.vmi4j.shell.command.process;

import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxThread;
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
    Listing<LinuxThread> threads = guest.linux().threads();
    print(PsCommand.table(session(), threads, guest.linux().newBudget()), threads);
  }
}
