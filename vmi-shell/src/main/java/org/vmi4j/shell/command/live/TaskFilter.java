package org.vmi4j.shell.command.live;

import java.util.Optional;
import org.vmi4j.os.linux.RunningTask;
import org.vmi4j.shell.complete.ProcessIds;
import picocli.CommandLine.Option;

/** The options that select events by their process. */
final class TaskFilter {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      completionCandidates = ProcessIds.class,
      description = "Only events of this process.")
  private Integer pid;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Only events of processes or threads of this name.")
  private String name;

  /** Returns the process that is named by its ID. */
  Optional<Integer> pid() {
    return Optional.ofNullable(pid);
  }

  /** Returns whether the process of an event has to be known. */
  boolean needsTask() {
    return pid != null || name != null;
  }

  /** Returns whether events of a task are selected. */
  boolean selects(RunningTask task) {
    return (pid == null || task.processId() == pid)
        && (name == null || task.name().equals(name) || task.processName().equals(name));
  }
}
