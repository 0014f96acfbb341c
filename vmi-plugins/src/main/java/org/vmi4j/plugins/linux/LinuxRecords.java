package org.vmi4j.plugins.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.ProcessTree;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.LinuxTask;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;

/**
 * Writes the objects of a Linux guest as records:
 *
 * <pre>{@code
 * try (RecordSink sink = new CsvSink(writer)) {
 *   LinuxRecords.processes(linux, sink).forEach(System.err::println);
 * }
 * }</pre>
 *
 * <p>Each method returns descriptions of what is missing from the records, since the guest may have
 * damaged its lists; an empty list means that the answer is complete.
 */
public final class LinuxRecords {
  /** A process or a thread; {@code started} in seconds since the machine was started. */
  public static final RecordType TASK =
      RecordType.named("task")
          .number("pid")
          .number("ppid")
          .number("tgid")
          .number("uid")
          .text("state")
          .number("started")
          .text("name")
          .text("command");

  /** A module of the kernel; the size is in bytes. */
  public static final RecordType MODULE =
      RecordType.named("module").text("name").hex("address").number("size");

  /** A region of a process's memory; its end is exclusive, its offset in bytes. */
  public static final RecordType REGION =
      RecordType.named("region")
          .hex("start")
          .hex("end")
          .text("flags")
          .number("offset")
          .text("file");

  /** An open file of a process; its flags are those of {@code open(2)}. */
  public static final RecordType FILE =
      RecordType.named("file").number("fd").number("position").hex("flags").text("file");

  /** A variable of a process's environment. */
  public static final RecordType VARIABLE = RecordType.named("variable").text("name").text("value");

  /** A line of the kernel's log; the time is in seconds since the machine was started. */
  public static final RecordType LINE =
      RecordType.named("line").number("time").number("level").text("text");

  /** A process in the tree of processes; {@code depth} is the number of its ancestors in it. */
  public static final RecordType NODE =
      RecordType.named("node")
          .number("pid")
          .number("ppid")
          .number("depth")
          .text("name")
          .text("command");

  /** The maximum number of processes that an error names. */
  private static final int NAMED = 20;

  private LinuxRecords() {}

  /** Writes the processes, as {@link #TASK}. */
  public static List<String> processes(Linux linux, RecordSink sink) {
    return tasks(linux, linux.processes(), sink);
  }

  /** Writes the threads of all processes, as {@link #TASK}. */
  public static List<String> threads(Linux linux, RecordSink sink) {
    return tasks(linux, linux.threads(), sink);
  }

  /**
   * Writes one record per task; what threads share with their process is repeated in each record.
   */
  private static List<String> tasks(
      Linux linux, Listing<? extends LinuxTask> tasks, RecordSink sink) {
    Budget budget = linux.newBudget();
    sink.begin(TASK);
    return each(
        tasks,
        task ->
            sink.write(
                TASK.row(
                    task.id(),
                    task.parentId(),
                    task.processId(),
                    task.uid(),
                    String.valueOf(task.state().letter()),
                    Math.round(task.created().toNanos() / 1e7) / 100.0,
                    task.name(),
                    task.commandLine(budget))));
  }

  /**
   * Reads tasks one by one. A task that cannot be read completely is omitted and reported: in a
   * running machine, it may have ended meanwhile. The rest is omitted when the answer exceeds its
   * budget.
   */
  private static List<String> each(
      Listing<? extends LinuxTask> tasks, Consumer<? super LinuxTask> work) {
    List<String> missing = new ArrayList<>();
    for (LinuxTask task : tasks) {
      try {
        work.accept(task);
      } catch (MemoryFault e) {
        missing.add("without " + task + ", which has ended or is damaged: " + e.getMessage());
      } catch (BudgetExceededException e) {
        missing.add("the rest is missing from " + task + " on: " + e.getMessage());
        return missing;
      }
    }
    tasks.broken().ifPresent(missing::add);
    return missing;
  }

  /** Writes the processes, each after its parent, as {@link #NODE}. */
  public static List<String> tree(Linux linux, RecordSink sink) {
    return tree(linux, linux.processes(), sink);
  }

  /** Writes the processes of a listing, each after its parent, as {@link #NODE}. */
  public static List<String> tree(Linux linux, Listing<LinuxProcess> processes, RecordSink sink) {
    Budget budget = linux.newBudget();
    List<Named> read = new ArrayList<>();
    List<String> missing = each(processes, process -> read.add(Named.of(process, budget)));
    ProcessTree<Named> tree = ProcessTree.of(read, Named::id, Named::parentId);
    sink.begin(NODE);
    for (ProcessTree.Node<Named> node : tree.nodes()) {
      Named process = node.process();
      sink.write(
          NODE.row(
              process.id(),
              process.parentId(),
              node.depth(),
              process.name(),
              process.commandLine()));
    }
    if (!tree.circular().isEmpty()) {
      missing.add(
          "the parents of these processes form a loop, so that they are shown at the top: "
              + tree.circular().stream()
                  .limit(NAMED)
                  .map(String::valueOf)
                  .collect(Collectors.joining(", "))
              + (tree.circular().size() > NAMED ? ", and others" : ""));
    }
    return missing;
  }

  /** A process of the tree, read before the tree is built. */
  private record Named(int id, int parentId, String name, String commandLine) {
    static Named of(LinuxTask process, Budget budget) {
      return new Named(
          process.id(), process.parentId(), process.name(), process.commandLine(budget));
    }
  }

  /** Writes the modules of the kernel, as {@link #MODULE}. */
  public static List<String> modules(Linux linux, RecordSink sink) {
    return modules(linux.modules(), sink);
  }

  /** Writes the items of a listing, as {@link #MODULE}. */
  public static List<String> modules(Listing<LinuxModule> modules, RecordSink sink) {
    sink.begin(MODULE);
    modules.forEach(
        module -> sink.write(MODULE.row(module.name(), module.address(), module.size())));
    return missing(modules);
  }

  /** Writes the regions of a process's memory, as {@link #REGION}. */
  public static List<String> regions(LinuxProcess process, RecordSink sink) {
    return regions(process.regions(), sink);
  }

  /** Writes the items of a listing, as {@link #REGION}. */
  public static List<String> regions(Listing<MemoryRegion> regions, RecordSink sink) {
    sink.begin(REGION);
    for (MemoryRegion region : regions) {
      sink.write(
          REGION.row(
              region.start(),
              region.end(),
              region.rights() + (region.shared() ? "s" : "p"),
              region.backing().offset(),
              region.backing().name()));
    }
    return missing(regions);
  }

  /** Writes the files that a process has open, as {@link #FILE}. */
  public static List<String> files(LinuxProcess process, RecordSink sink) {
    Listing<OpenFile> files = process.files();
    sink.begin(FILE);
    for (OpenFile file : files) {
      sink.write(FILE.row(file.fd(), file.position(), (long) file.flags(), file.name()));
    }
    return missing(files);
  }

  /** Writes the environment that a process was started with, as {@link #VARIABLE}. */
  public static List<String> environment(LinuxProcess process, RecordSink sink) {
    List<String> variables = process.environment();
    sink.begin(VARIABLE);
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      sink.write(
          equals < 0
              ? VARIABLE.row(variable, "")
              : VARIABLE.row(variable.substring(0, equals), variable.substring(equals + 1)));
    }
    return List.of();
  }

  /** Writes the kernel's log, as {@link #LINE}. */
  public static List<String> log(Linux linux, RecordSink sink) {
    Listing<LogLine> log = linux.log();
    sink.begin(LINE);
    log.forEach(line -> sink.write(LINE.row(line.nanoseconds() / 1e9, line.level(), line.text())));
    return missing(log);
  }

  private static List<String> missing(Listing<?> listing) {
    return listing.broken().map(List::of).orElse(List.of());
  }
}
