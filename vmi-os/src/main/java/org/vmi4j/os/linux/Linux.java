package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.Budget;
import org.vmi4j.os.DetectOptions;
import org.vmi4j.os.GuestOs;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.detect.LinuxDetector;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.os.linux.log.KernelLog;
import org.vmi4j.os.linux.syscall.SystemCallReader;
import org.vmi4j.os.linux.syscall.SystemCalls;
import org.vmi4j.os.linux.task.CurrentTasks;
import org.vmi4j.os.linux.task.TaskReader;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;
import org.vmi4j.profiles.Profile;

/**
 * Linux in a guest. {@link #detect} finds the kernel and binds the members needed to follow its
 * structures; everything else reads the current state of the guest.
 *
 * <p>Holds no resource of its own, and may be used by several threads as long as the machine is
 * open.
 */
public final class Linux implements GuestOs {
  private final Vm vm;
  private final Kernel kernel;
  private final TaskReader tasks;
  private final Modules modules;
  private final ModuleSymbols moduleSymbols;
  private final KernelLog log;

  private Linux(Vm vm, Kernel kernel) {
    this.vm = vm;
    this.kernel = kernel;
    this.tasks = new TaskReader(vm, kernel, kernel.addressSpace());
    this.modules = new Modules(kernel, kernel.addressSpace());
    this.moduleSymbols = new ModuleSymbols(kernel, modules);
    this.log = new KernelLog(kernel);
  }

  /**
   * Finds the Linux kernel of a machine without any profile.
   *
   * @throws VmiException if there is none, or a profile cannot be derived from it; the message
   *     states what is missing
   */
  public static Linux detect(Vm vm) {
    return detect(vm, DetectOptions.DEFAULTS);
  }

  /**
   * Finds the Linux kernel of a machine.
   *
   * @throws VmiException if there is none, or the profile is of another kernel
   */
  public static Linux detect(Vm vm, DetectOptions options) {
    return new Linux(vm, new LinuxDetector(vm, options).detect());
  }

  /**
   * Finds VMCOREINFO, the text in which a Linux kernel publishes what is needed to read its crash
   * dump (Documentation/admin-guide/kdump/vmcoreinfo.rst). A core of a machine carries it as a note
   * of that name.
   *
   * @param progress receives the progress of the search of memory
   * @return the text in ISO 8859-1, or nothing if the guest has none
   */
  public static Optional<String> vmcoreInfo(Vm vm, Progress progress) {
    return VmcoreInfo.find(vm.physicalMemory(), progress).map(VmcoreInfo::text);
  }

  @Override
  public String name() {
    return "Linux";
  }

  @Override
  public Vm vm() {
    return vm;
  }

  /** Returns what detection found about the kernel. */
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public AddressSpace addressSpace() {
    return kernel.addressSpace();
  }

  @Override
  public Profile profile() {
    return kernel.profile();
  }

  @Override
  public Listing<LinuxProcess> processes() {
    return processes(newBudget());
  }

  private Listing<LinuxProcess> processes(Budget budget) {
    return tasks.processes(budget, (task, id, name) -> new LinuxProcess(tasks, task, id, name));
  }

  @Override
  public Budget newBudget() {
    return tasks.newBudget();
  }

  /** Lists all threads of all processes. */
  public Listing<LinuxThread> threads() {
    List<LinuxThread> found = new ArrayList<>();
    Budget budget = newBudget();
    Listing<LinuxProcess> processes = processes(budget);
    Optional<String> broken = processes.broken();
    for (LinuxProcess process : processes) {
      Listing<LinuxThread> threads = process.threads(budget);
      found.addAll(threads.items());
      broken = broken.or(threads::broken);
    }
    return new Listing<>(found, broken);
  }

  /**
   * Returns a thread by the address of its task_struct, {@link RunningTask#address} for example.
   *
   * @throws org.vmi4j.api.memory.MemoryFault if it cannot be read
   */
  public LinuxThread thread(long task) {
    long leader = tasks.leader(task);
    LinuxProcess process = new LinuxProcess(tasks, leader, tasks.id(leader), tasks.name(leader));
    return new LinuxThread(process, task, tasks.id(task), tasks.name(task));
  }

  /** Returns what tells which task a processor executes; each thread needs one of its own. */
  public RunningTasks runningTasks() {
    return new RunningTasks(new CurrentTasks(vm, kernel, tasks), tasks);
  }

  /**
   * Finds the system calls of the kernel.
   *
   * @throws VmiException if its symbols name none
   */
  public SystemCalls systemCalls() {
    return SystemCalls.of(kernel);
  }

  /**
   * Returns what reads a system call from the processor that executes it.
   *
   * @throws VmiException if the profile lacks what is needed
   */
  public SystemCallReader systemCallReader() {
    return new SystemCallReader(kernel, tasks);
  }

  @Override
  public Optional<LinuxProcess> findProcess(int id) {
    return processes().stream().filter(process -> process.id() == id).findFirst();
  }

  @Override
  public LinuxProcess process(int id) {
    return (LinuxProcess) GuestOs.super.process(id);
  }

  /** {@inheritDoc} The last one loaded is the first. */
  @Override
  public Listing<LinuxModule> modules() {
    return modules.list(newBudget());
  }

  /** Returns the symbols of the kernel, and those of its modules as they are loaded now. */
  public LinuxSymbols symbols() {
    return new LinuxSymbols(kernel.profile().symbols(), () -> moduleSymbols.read(newBudget()));
  }

  /** Returns the kernel's log, oldest line first. */
  public Listing<LogLine> log() {
    return log.lines(newBudget());
  }
}
