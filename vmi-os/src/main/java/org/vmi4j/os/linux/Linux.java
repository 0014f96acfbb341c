package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.os.linux.detect.LinuxDetector;
import org.vmi4j.os.linux.detect.VmcoreInfo;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.os.linux.log.KernelLog;
import org.vmi4j.os.linux.task.TaskReader;
import org.vmi4j.os.linux.task.UserRegisters;
import org.vmi4j.profiles.Profile;

/**
 * Linux in a guest. {@link #detect} finds the kernel and binds the members that it takes to follow
 * its structures; everything else reads the guest as it is at the moment of the call.
 *
 * <p>Holds no resource of its own, and may be used by several threads as long as the machine is
 * open.
 */
public final class Linux {
  private final Vm vm;
  private final Kernel kernel;
  private final TaskReader tasks;
  private final Modules modules;
  private final KernelLog log;
  private final Lazy<UserRegisters> userRegisters;

  private Linux(Vm vm, Kernel kernel) {
    this.vm = vm;
    this.kernel = kernel;
    this.tasks = new TaskReader(kernel);
    this.modules = new Modules(kernel);
    this.log = new KernelLog(kernel);
    this.userRegisters = new Lazy<>(() -> new UserRegisters(vm, kernel));
  }

  /**
   * Finds the Linux kernel of a machine without any profile.
   *
   * @throws VmiException if there is none, or it does not say enough of itself; the message says
   *     what is missing and how to supply it
   */
  public static Linux detect(Vm vm) {
    return detect(vm, Optional.empty(), Progress.NONE);
  }

  /**
   * Finds the Linux kernel of a machine.
   *
   * @param profile the types and symbols of its kernel, for one that does not carry them
   * @param progress told how far the search of memory has come
   * @throws VmiException if there is none, or the profile is of another kernel
   */
  public static Linux detect(Vm vm, Optional<Profile> profile, Progress progress) {
    return new Linux(vm, new LinuxDetector(vm, profile, progress).detect());
  }

  /**
   * Looks for VMCOREINFO, the text in which a Linux kernel says what it takes to read its crash
   * dump (Documentation/admin-guide/kdump/vmcoreinfo.rst). A core of a machine carries it as a note
   * of that name.
   *
   * @param progress told how far the search of memory has come
   * @return the text in ISO 8859-1, or nothing if the guest has none
   */
  public static Optional<String> vmcoreInfo(Vm vm, Progress progress) {
    return VmcoreInfo.find(vm.physicalMemory(), progress).map(VmcoreInfo::text);
  }

  /** The machine. */
  public Vm vm() {
    return vm;
  }

  /** What was found out about the kernel. */
  public Kernel kernel() {
    return kernel;
  }

  /** All processes, in the kernel's order. */
  public Listing<LinuxProcess> processes() {
    return tasks.processes(newBudget(), this::task);
  }

  /** A budget for one answer about this guest. */
  public Budget newBudget() {
    return Budget.of(vm.physicalMemory());
  }

  private LinuxProcess task(long address) {
    return new LinuxProcess(tasks, address);
  }

  /** All threads of all processes. */
  public Listing<LinuxProcess> threads() {
    List<LinuxProcess> found = new ArrayList<>();
    Budget budget = newBudget();
    Listing<LinuxProcess> processes = tasks.processes(budget, this::task);
    Optional<String> broken = processes.broken();
    for (LinuxProcess process : processes) {
      Listing<LinuxProcess> threads = tasks.threads(process.address(), budget, this::task);
      found.addAll(threads.items());
      broken = broken.or(threads::broken);
    }
    return new Listing<>(found, broken);
  }

  /**
   * The process with a number.
   *
   * @throws VmiException if there is none
   */
  public LinuxProcess process(int pid) {
    Listing<LinuxProcess> all = processes();
    return all.stream()
        .filter(process -> process.pid() == pid)
        .findFirst()
        .orElseThrow(
            () ->
                new VmiException(
                    "there is no process "
                        + pid
                        + " in "
                        + vm.uri()
                        + all.broken().map(why -> "; the list is incomplete: " + why).orElse("")));
  }

  /**
   * The threads of a process, the first one first.
   *
   * @param tgid the number of the process
   */
  public Listing<LinuxProcess> threads(int tgid) {
    Listing<LinuxProcess> all = threads();
    return new Listing<>(
        all.stream().filter(thread -> thread.tgid() == tgid).toList(), all.broken());
  }

  /**
   * The registers of a thread in its program: those with which it entered the kernel, or while it
   * runs its program, those of its processor. Names are as in {@link Registers}, and on x86-64
   * {@code orig_rax} is the number of the system call that it is in, or -1.
   *
   * @return nothing for a thread of the kernel, and for one that is damaged or begins or ends
   */
  public Optional<Registers> userRegisters(LinuxProcess thread) {
    return userRegisters.get().of(thread.address());
  }

  /** The modules that the kernel has loaded, the last one loaded first. */
  public Listing<LinuxModule> modules() {
    return modules.list(newBudget());
  }

  /** The kernel's log, oldest line first. */
  public Listing<LogLine> log() {
    return log.lines(newBudget());
  }
}
