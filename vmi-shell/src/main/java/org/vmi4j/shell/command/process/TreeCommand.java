package org.vmi4j.shell.command.process;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.vmi4j.os.Budget;
import org.vmi4j.os.GuestProcess;
import org.vmi4j.os.Listing;
import org.vmi4j.os.ProcessTree;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.session.Guest;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine.Command;

/** Shows which process started which. */
@Command(
    name = "tree",
    description = "Shows which process started which.",
    footer = {"", "Example: vmi tree file:guest.elf"})
public final class TreeCommand extends GuestCommand {
  /** No honest tree is as deep, and the margin of a forged one would be all that is printed. */
  private static final int DEEPEST_SHOWN = 100;

  @Override
  protected void run(Guest guest) {
    Listing<? extends GuestProcess> processes = guest.linux().processes();
    if (output().format() == OutputOptions.Format.table) {
      lines(session(), processes, guest.linux().newBudget()).forEach(session().out()::println);
      processes.broken().ifPresent(session()::incomplete);
      return;
    }
    Table table = new Table("pid", "ppid", "depth", "name", "command");
    for (ProcessTree.Node<Task> node :
        tree(session(), processes, guest.linux().newBudget()).nodes()) {
      Task task = node.process();
      table.row(task.pid(), task.ppid(), node.depth(), task.name(), task.command());
    }
    print(table, processes);
  }

  /** The tree for people: each process under its parent. */
  public static List<String> lines(
      Session session, Listing<? extends GuestProcess> processes, Budget budget) {
    return tree(session, processes, budget).nodes().stream()
        .map(
            node ->
                OutputOptions.plain(
                    "  ".repeat(Math.min(node.depth(), DEEPEST_SHOWN)) + node.process()))
        .toList();
  }

  /** What is shown of a process, read before anything is put under anything. */
  private record Task(int pid, int ppid, String name, String command, boolean hasProgram) {
    static Task of(GuestProcess process, Budget budget) {
      return new Task(
          process.id(),
          process.parentId(),
          process.name(),
          process.commandLine(budget),
          process.hasUserMemory());
    }

    @Override
    public String toString() {
      return pid + " " + name + (hasProgram ? "  " + command : "");
    }
  }

  private static ProcessTree<Task> tree(
      Session session, Listing<? extends GuestProcess> processes, Budget budget) {
    List<Task> tasks = new ArrayList<>();
    session.each(processes, process -> tasks.add(Task.of(process, budget)));
    ProcessTree<Task> tree = ProcessTree.of(tasks, Task::pid, Task::ppid);
    if (!tree.circular().isEmpty()) {
      session.incomplete(
          "the parents of these processes form a circle, so that they are shown at the top: "
              + tree.circular().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return tree;
  }
}
