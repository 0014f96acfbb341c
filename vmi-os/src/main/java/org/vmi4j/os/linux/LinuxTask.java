package org.vmi4j.os.linux;

import java.time.Duration;
import java.util.List;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.os.linux.kernel.TaskState;
import org.vmi4j.os.linux.task.TaskReader;

/**
 * A task of the kernel: a struct task_struct (include/linux/sched.h). A process is represented by
 * the task of its first thread. Process ID and name are those at the moment the task was listed;
 * everything else is read on each call.
 */
public abstract sealed class LinuxTask permits LinuxProcess, LinuxThread {
  private final TaskReader tasks;
  private final long address;
  private final int id;
  private final String name;

  LinuxTask(TaskReader tasks, long address, int id, String name) {
    this.tasks = tasks;
    this.address = address;
    this.id = id;
    this.name = name;
  }

  final TaskReader tasks() {
    return tasks;
  }

  /** Returns the virtual address of its task_struct. */
  public final long address() {
    return address;
  }

  /** Returns its process ID; for a thread, its thread ID. */
  public final int id() {
    return id;
  }

  /**
   * Returns the process ID of the process that it belongs to, which the kernel calls {@code tgid};
   * equal to {@link #id} for the first thread.
   */
  public final int processId() {
    return tasks.processId(address);
  }

  /** Returns the process ID of its parent, 0 if the kernel itself started it. */
  public final int parentId() {
    return tasks.parentId(address);
  }

  /** Returns the kernel's name for it, at most 15 bytes. */
  public final String name() {
    return name;
  }

  /** Returns its user ID. */
  public final long uid() {
    return tasks.uid(address);
  }

  /** Returns its state. */
  public final TaskState state() {
    return tasks.state(address);
  }

  /** Returns when it was created, as the time since the guest was started. */
  public final Duration created() {
    return tasks.created(address);
  }

  /** Returns whether it is a kernel thread, by the flag PF_KTHREAD (include/linux/sched.h). */
  public final boolean isKernelThread() {
    return tasks.isKernelThread(address);
  }

  /** Returns whether it has an address space of its own. A kernel thread and a zombie have none. */
  public final boolean hasUserMemory() {
    return tasks.mm(address) != 0;
  }

  /**
   * Returns its virtual memory, which all threads of a process share.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   * @throws VmiException if its page table cannot be found
   */
  public final AddressSpace addressSpace() {
    return tasks.addressSpace(requireMm());
  }

  final long requireMm() {
    long mm = tasks.mm(address);
    if (mm == 0) {
      throw new MemoryFault(
          "task "
              + this
              + " has no memory of its own: it is "
              + (isKernelThread()
                  ? "a kernel thread"
                  : state() == TaskState.ZOMBIE ? "a zombie" : "about to end"),
          0,
          0);
    }
    return mm;
  }

  /**
   * Returns its arguments; none for what has no memory of its own. Those that cannot be read are
   * omitted.
   */
  public final List<String> arguments() {
    return arguments(tasks.newBudget());
  }

  private List<String> arguments(Budget budget) {
    long mm = tasks.mm(address);
    return mm == 0 ? List.of() : tasks.arguments(mm, budget);
  }

  /**
   * Returns its command line as ps(1) shows it, the arguments joined by spaces; its name in
   * brackets if it has none.
   */
  public final String commandLine() {
    return commandLine(tasks.newBudget());
  }

  /**
   * Returns its command line as a part of an answer about many tasks.
   *
   * @param budget what the answer may hold; the command line is charged
   * @throws BudgetExceededException if the answer is full
   */
  public final String commandLine(Budget budget) {
    List<String> arguments = arguments(budget);
    return arguments.isEmpty() ? "[" + name + "]" : String.join(" ", arguments);
  }

  /**
   * Returns its environment, one {@code NAME=value} each, as it was when the program was started;
   * none for what has no memory of its own.
   */
  public final List<String> environment() {
    long mm = tasks.mm(address);
    return mm == 0 ? List.of() : tasks.environment(mm, tasks.newBudget());
  }

  /**
   * Returns what the kernel passed to its program at the start: pairs of longs, as
   * include/uapi/linux/auxvec.h numbers them, the last pair zero. Empty where the profile lacks it.
   *
   * @throws MemoryFault if it has no memory of its own
   */
  public final byte[] auxiliaryVector() {
    return tasks.auxiliaryVector(requireMm());
  }

  /**
   * Lists the regions of its memory, in ascending order.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   */
  public final Listing<MemoryRegion> regions() {
    return tasks.regions(requireMm(), tasks.newBudget());
  }

  /** Lists the files that it has open, in ascending order of their numbers. */
  public final Listing<OpenFile> files() {
    return tasks.files(address, tasks.newBudget());
  }

  /** Returns its process ID and name. */
  @Override
  public final String toString() {
    return id + " " + name;
  }
}
