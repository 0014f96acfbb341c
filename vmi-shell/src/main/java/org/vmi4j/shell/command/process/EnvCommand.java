package org.vmi4j.shell.command.process;

import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.shell.command.ProcessCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the environment that a process was started with. */
@Command(
    name = "env",
    description = "Lists the environment that a process was started with.",
    footer = {"", "Example: vmi env file:guest.elf --pid 1"})
final class EnvCommand extends ProcessCommand {
  @Override
  protected void run(Guest guest, LinuxProcess process) {
    report(sink -> LinuxRecords.environment(process, sink));
  }
}
