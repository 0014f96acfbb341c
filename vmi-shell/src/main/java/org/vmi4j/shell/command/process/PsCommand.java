package org.vmi4j.shell.command.process;

import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
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
  static Table table(Session session, Listing<LinuxProcess> tasks, Budget budget) {
    Table table = new Table("pid", "ppid", "tgid", "uid", "state", "started", "name", "command");
    session.each(
        tasks,
        task ->
            table.row(
                task.pid(),
                task.ppid(),
                task.tgid(),
                task.uid(),
                String.valueOf(task.state()),
                seconds(task.startTime()),
                task.name(),
                task.command(budget)));
    return table;
  }

  /** Seconds with two decimals, as the kernel prints them. */
  static Object seconds(long nanoseconds) {
    return Math.round(nanoseconds / 1e7) / 100.0;
  }
}
