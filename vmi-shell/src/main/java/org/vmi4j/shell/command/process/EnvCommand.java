package org.vmi4j.shell.command.process;

import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.command.ProcessCommand;
import org.vmi4j.shell.command.Table;
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
    Table table = new Table("name", "value");
    for (String variable : process.environment()) {
      int equals = variable.indexOf(61);
      table.row(
          equals < 0 ? variable : variable.substring(0, equals),
          equals < 0 ? "" : variable.substring(equals + 1));
    }
    output().print(session(), table);
  }
}
