package org.vmi4j.shell.command.memory;

import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.shell.complete.ProcessIds;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Option;

/** The option {@code --pid} of a command about virtual memory, which selects the address space. */
final class SpaceOption {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      completionCandidates = ProcessIds.class,
      description =
          "In this process's memory (default: the kernel's, or where there is none, a processor's).")
  private Integer pid;

  /** Returns whether a process is named. */
  boolean isProcess() {
    return pid != null;
  }

  /** Returns the address space of the process, or the default one. */
  AddressSpace of(Guest guest) {
    return pid == null ? guest.addressSpace() : guest.linux().process(pid).addressSpace();
  }
}
