package org.vmi4j.os.linux;

import java.util.List;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.os.linux.task.TaskReader;

/**
 * A process or a thread: a task of the kernel. Its number and name are those at the moment it was
 * listed; everything else is read when asked.
 */
public final class LinuxProcess {
  private final TaskReader tasks;
  private final long address;
  private final int pid;
  private final String name;

  LinuxProcess(TaskReader tasks, long address) {
    this.tasks = tasks;
    this.address = address;
    this.pid = tasks.pid(address);
    this.name = tasks.name(address);
  }

  /** The virtual address of its task_struct. */
  public long address() {
    return address;
  }

  /** Its number; of a thread, the thread's own. */
  public int pid() {
    return pid;
  }

  /** The number of the process that it is a thread of; its own, for the first thread. */
  public int tgid() {
    return tasks.tgid(address);
  }

  /** The number of its parent process, 0 when the kernel itself started it. */
  public int ppid() {
    return tasks.ppid(address);
  }

  /** The number of the user that it acts for. */
  public long uid() {
    return tasks.uid(address);
  }

  /** The kernel's name for it, at most 15 bytes. */
  public String name() {
    return name;
  }

  /**
   * Its state as ps(1) shows it: R running, S sleeping, D in uninterruptible sleep, T stopped, t
   * traced, X dead, Z a zombie, P parked, I an idle kernel thread.
   */
  public char state() {
    return tasks.state(address);
  }

  /** When it was started, in nanoseconds since the machine was. */
  public long startTime() {
    return tasks.startTime(address);
  }

  /** Whether it has no memory of its own: a thread of the kernel, or one that has ended. */
  public boolean isKernelThread() {
    return mm() == 0;
  }

  private long mm() {
    return tasks.mm(address);
  }

  /**
   * Its virtual memory.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   */
  public AddressSpace addressSpace() {
    return tasks.addressSpace(requireMm());
  }

  private long requireMm() {
    long mm = mm();
    if (mm == 0) {
      throw new MemoryFault(
          "process "
              + pid
              + " ("
              + name
              + ") has no memory of its own: it is "
              + (state() == 'Z' ? "a zombie" : "a kernel thread, or has ended"),
          0,
          0);
    }
    return mm;
  }

  /** Its arguments, none for a kernel thread; those that cannot be read are left out. */
  public List<String> arguments() {
    return arguments(newBudget());
  }

  private List<String> arguments(Budget budget) {
    long mm = mm();
    return mm == 0 ? List.of() : tasks.arguments(mm, budget);
  }

  /**
   * Its command line as ps(1) shows it: the arguments with spaces between them, or the name in
   * brackets for what has none.
   */
  public String command() {
    return command(newBudget());
  }

  /**
   * The same, as a part of an answer about many processes.
   *
   * @param budget what the answer may hold; the command line is charged
   * @throws org.vmi4j.os.BudgetExceededException if the answer is full
   */
  public String command(Budget budget) {
    List<String> arguments = arguments(budget);
    return arguments.isEmpty() ? "[" + name + "]" : String.join(" ", arguments);
  }

  /** Its environment, one {@code NAME=value} each, as it was when the program was started. */
  public List<String> environment() {
    long mm = mm();
    return mm == 0 ? List.of() : tasks.environment(mm, newBudget());
  }

  /**
   * What the kernel told it when its program was started: pairs of longs, as
   * include/uapi/linux/auxvec.h numbers them, the last pair zero. Empty where the profile lacks it.
   */
  public byte[] auxiliaryVector() {
    return tasks.auxiliaryVector(requireMm());
  }

  /** The regions of its memory, in ascending order. */
  public Listing<MemoryRegion> regions() {
    return tasks.regions(requireMm(), newBudget());
  }

  /** The files that it has open, in ascending order of their numbers. */
  public Listing<OpenFile> files() {
    return tasks.files(address, newBudget());
  }

  private Budget newBudget() {
    return tasks.newBudget();
  }

  @Override
  public String toString() {
    return pid + " " + name;
  }
}
