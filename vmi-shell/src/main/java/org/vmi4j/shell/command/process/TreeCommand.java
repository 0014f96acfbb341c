package org.vmi4j.shell.command.process;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
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
    Listing<LinuxProcess> processes = guest.linux().processes();
    if (output().format() == OutputOptions.Format.table) {
      lines(session(), processes, guest.linux().newBudget()).forEach(session().out()::println);
      processes.broken().ifPresent(session()::incomplete);
      return;
    }
    Table table = new Table("pid", "ppid", "depth", "name", "command");
    for (Node node : nodes(session(), processes, guest.linux().newBudget())) {
      Task task = node.task();
      table.row(task.pid(), task.ppid(), node.depth(), task.name(), task.command());
    }
    print(table, processes);
  }

  /** The tree for people: each process under its parent. */
  public static List<String> lines(
      Session session, Listing<LinuxProcess> processes, Budget budget) {
    return nodes(session, processes, budget).stream()
        .map(
            node ->
                OutputOptions.plain(
                    "  ".repeat(Math.min(node.depth(), DEEPEST_SHOWN)) + node.task()))
        .toList();
  }

  /** What is shown of a process, read before anything is put under anything. */
  record Task(int pid, int ppid, String name, String command, boolean ofKernel) {
    static Task of(LinuxProcess process, Budget budget) {
      return new Task(
          process.pid(),
          process.ppid(),
          process.name(),
          process.command(budget),
          process.isKernelThread());
    }

    @Override
    public String toString() {
      return pid + " " + name + (ofKernel ? "" : "  " + command);
    }
  }

  record Node(Task task, int depth) {}

  private static List<Node> nodes(Session session, Listing<LinuxProcess> processes, Budget budget) {
    List<Task> tasks = new ArrayList<>();
    session.each(processes, process -> tasks.add(Task.of(process, budget)));
    return nodes(tasks);
  }

  /**
   * Puts each process under its parent, and where that is not there at the top. The children of a
   * number are taken once, so that a forged circle of parents ends; and a forged line of them may
   * be as long as the guest likes, so that nothing here calls itself.
   */
  static List<Node> nodes(List<Task> tasks) {
    Set<Integer> pids = tasks.stream().map(Task::pid).collect(Collectors.toSet());
    ImmutableListMultimap<Integer, Task> children =
        Multimaps.index(
            tasks.stream().sorted(Comparator.comparingInt(Task::pid)).toList(),
            task -> pids.contains(task.ppid()) ? task.ppid() : 0);
    List<Node> nodes = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    push(open, children.get(0), 0);
    taken.add(0);
    while (!open.isEmpty()) {
      Node node = open.pop();
      nodes.add(node);
      if (taken.add(node.task().pid())) {
        push(open, children.get(node.task().pid()), node.depth() + 1);
      }
    }
    return nodes;
  }

  private static void push(Deque<Node> open, ImmutableList<Task> tasks, int depth) {
    tasks.reverse().forEach(task -> open.push(new Node(task, depth)));
  }
}
