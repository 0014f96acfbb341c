package org.vmi4j.shell.command.kernel;

import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the kernel modules. */
@Command(
    name = "modules",
    description = "Lists the kernel modules.",
    footer = {"", "Example: vmi modules file:guest.elf"})
final class ModulesCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    report(sink -> LinuxRecords.modules(guest.linux(), sink));
  }
}
