package org.vmi4j.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
import picocli.CommandLine.Command;

/** Shows which process started which. */
@Command(
    name = "tree",
    description = "Shows which process started which.",
    footer = {"", "Example: vmi tree file:guest.elf"})
final class TreeCommand extends GuestCommand {
  TreeCommand(Session session) {
    super(session);
  }

  @Override
  void run(Guest guest) {
    Listing<LinuxProcess> processes = guest.linux().processes();
    if (output().format() == OutputOptions.Format.table) {
      lines(session(), processes).forEach(session().out()::println);
      processes.broken().ifPresent(session()::incomplete);
      return;
    }
    Table table = new Table("pid", "ppid", "depth", "name", "command");
    for (Node node : nodes(session(), processes)) {
      Task task = node.task();
      table.row(task.pid(), task.ppid(), node.depth(), task.name(), task.command());
    }
    print(table, processes);
  }

  /** The tree for people: each process under its parent. */
  static List<String> lines(Session session, Listing<LinuxProcess> processes) {
    return nodes(session, processes).stream()
        .map(node -> OutputOptions.plain("  ".repeat(node.depth()) + node.task()))
        .toList();
  }

  /** What is shown of a process, read before anything is put under anything. */
  private record Task(int pid, int ppid, String name, String command, boolean ofKernel) {
    static Task of(LinuxProcess process) {
      return new Task(
          process.pid(),
          process.ppid(),
          process.name(),
          process.command(),
          process.isKernelThread());
    }

    @Override
    public String toString() {
      return pid + " " + name + (ofKernel ? "" : "  " + command);
    }
  }

  private record Node(Task task, int depth) {}

  private static List<Node> nodes(Session session, Listing<LinuxProcess> processes) {
    List<Task> tasks = new ArrayList<>();
    session.each(processes, process -> tasks.add(Task.of(process)));
    Set<Integer> pids = tasks.stream().map(Task::pid).collect(Collectors.toSet());
    Map<Integer, List<Task>> children = new TreeMap<>();
    for (Task task : tasks) {
      int parent = pids.contains(task.ppid()) ? task.ppid() : 0;
      children.computeIfAbsent(parent, pid -> new ArrayList<>()).add(task);
    }
    List<Node> nodes = new ArrayList<>();
    add(nodes, children, 0, 0);
    return nodes;
  }

  /** Takes the children of each process once, so that a forged circle of parents ends. */
  private static void add(
      List<Node> nodes, Map<Integer, List<Task>> children, int parent, int depth) {
    List<Task> own = children.remove(parent);
    if (own != null) {
      own.sort(Comparator.comparingInt(Task::pid));
      for (Task task : own) {
        nodes.add(new Node(task, depth));
        add(nodes, children, task.pid(), depth + 1);
      }
    }
  }
}
