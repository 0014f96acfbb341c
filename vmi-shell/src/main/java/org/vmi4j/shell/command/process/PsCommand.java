package org.vmi4j.shell.command.process;

import java.time.Duration;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.LinuxTask;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.session.Guest;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine.Command;

/** Lists the processes. */
@Command(
    name = "ps",
    description = "Lists the processes.",
    footer = {"", "Example: vmi ps file:guest.elf -o json"})
final class PsCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    Listing<LinuxProcess> processes = guest.linux().processes();
    print(table(session(), processes, guest.linux().newBudget()), processes);
  }

  /** One row a task: what a thread shares with its process stands in each of its rows. */
  static Table table(Session session, Listing<? extends LinuxTask> tasks, Budget budget) {
    Table table = new Table("pid", "ppid", "tgid", "uid", "state", "started", "name", "command");
    session.each(
        tasks,
        task ->
            table.row(
                task.id(),
                task.parentId(),
                task.processId(),
                task.uid(),
                String.valueOf(task.state().letter()),
                seconds(task.created()),
                task.name(),
                task.commandLine(budget)));
    return table;
  }

  /** Seconds with two decimals, as the kernel prints them. */
  static Object seconds(Duration time) {
    return Math.round(time.toNanos() / 1e7) / 100.0;
  }
}
