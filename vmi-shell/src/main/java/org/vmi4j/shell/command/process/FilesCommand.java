package org.vmi4j.shell.command.process;

import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.ProcessCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the files that a process has open. */
@Command(
    name = "files",
    description = "Lists the files that a process has open.",
    footer = {"", "Example: vmi files file:guest.elf --pid 1"})
final class FilesCommand extends ProcessCommand {
  @Override
  protected void run(Guest guest, LinuxProcess process) {
    report(sink -> LinuxRecords.files(process, sink));
  }
}
