package org.vmi4j.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
      lines(processes).forEach(session().out()::println);
      processes.broken().ifPresent(session()::incomplete);
      return;
    }
    Table table = new Table("pid", "ppid", "depth", "name", "command");
    for (Node node : nodes(processes)) {
      LinuxProcess process = node.process();
      table.row(process.pid(), node.ppid(), node.depth(), process.name(), process.command());
    }
    print(table, processes);
  }

  /** The tree for people: each process under its parent. */
  static List<String> lines(Listing<LinuxProcess> processes) {
    return nodes(processes).stream()
        .map(
            node ->
                OutputOptions.plain(
                    "  ".repeat(node.depth())
                        + node.process().pid()
                        + " "
                        + node.process().name()
                        + (node.process().isKernelThread() ? "" : "  " + node.process().command())))
        .toList();
  }

  private record Node(LinuxProcess process, int ppid, int depth) {}

  private static List<Node> nodes(Listing<LinuxProcess> processes) {
    Map<Integer, List<LinuxProcess>> children = new TreeMap<>();
    Set<Integer> pids = new HashSet<>();
    processes.forEach(process -> pids.add(process.pid()));
    for (LinuxProcess process : processes) {
      int parent = pids.contains(process.ppid()) ? process.ppid() : 0;
      children.computeIfAbsent(parent, pid -> new ArrayList<>()).add(process);
    }
    List<Node> nodes = new ArrayList<>();
    add(nodes, children, 0, 0);
    return nodes;
  }

  /** Takes the children of each process once, so that a forged circle of parents ends. */
  private static void add(
      List<Node> nodes, Map<Integer, List<LinuxProcess>> children, int parent, int depth) {
    List<LinuxProcess> own = children.remove(parent);
    if (own != null) {
      own.sort(Comparator.comparingInt(LinuxProcess::pid));
      for (LinuxProcess process : own) {
        nodes.add(new Node(process, process.ppid(), depth));
        add(nodes, children, process.pid(), depth + 1);
      }
    }
  }
}
