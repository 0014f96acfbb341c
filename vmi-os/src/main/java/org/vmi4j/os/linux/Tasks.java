package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.Listing;

/** The lists of processes and threads. */
final class Tasks {
  private final Kernel kernel;
  private final Memory memory;
  private final TaskFields fields;
  private final ProcessDetails details;

  Tasks(Kernel kernel) {
    this.kernel = kernel;
    this.memory = kernel.addressSpace();
    this.fields = new TaskFields(kernel.profile());
    this.details = new ProcessDetails(kernel);
  }

  Listing<LinuxProcess> processes() {
    List<LinuxProcess> found = new ArrayList<>();
    Optional<String> broken =
        KernelList.walk(
            memory,
            fields.initTask + fields.tasks.offset(),
            "the task list",
            entry -> found.add(task(entry - fields.tasks.offset())));
    return new Listing<>(found, broken);
  }

  Listing<LinuxProcess> threads() {
    List<LinuxProcess> found = new ArrayList<>();
    Listing<LinuxProcess> processes = processes();
    Optional<String> broken = processes.broken();
    for (LinuxProcess process : processes) {
      long signal = fields.signal.read(memory, process.address());
      Optional<String> here =
          KernelList.walk(
              memory,
              signal + fields.threadHead.offset(),
              "the thread list of process " + process.pid(),
              entry -> found.add(task(entry - fields.threadNode.offset())));
      broken = broken.isPresent() ? broken : here;
    }
    return new Listing<>(found, broken);
  }

  private LinuxProcess task(long address) {
    return new LinuxProcess(kernel, fields, details, address);
  }
}
