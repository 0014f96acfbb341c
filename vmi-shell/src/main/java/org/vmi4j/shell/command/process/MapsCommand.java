package org.vmi4j.shell.command.process;

import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.ProcessCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the regions of the memory of a process. */
@Command(
    name = "maps",
    description = "Lists the regions of the memory of a process.",
    footer = {"", "Example: vmi maps file:guest.elf --pid 1"})
final class MapsCommand extends ProcessCommand {
  @Override
  protected void run(Guest guest, LinuxProcess process) {
    report(sink -> LinuxRecords.regions(process, sink));
  }
}
