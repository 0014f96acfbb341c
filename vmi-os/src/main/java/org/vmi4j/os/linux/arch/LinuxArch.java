package org.vmi4j.os.linux.arch;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.SoftwareEntries;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;

/**
 * What differs between the architectures that Linux runs on; one class per architecture. To support
 * another architecture, implement this interface and add the class to {@link #all}.
 */
public interface LinuxArch {

  /** Returns all supported architectures. */
  static Stream<LinuxArch> all() {
    return Stream.of(LinuxX86_64.ARCH, LinuxAarch64.ARCH);
  }

  /** Returns the implementation for an architecture, if it is supported. */
  static Optional<LinuxArch> of(Architecture architecture) {
    return all().filter(arch -> arch.architecture() == architecture).findFirst();
  }

  /** Finds the architecture of a kernel by its VMCOREINFO, which differs on each. */
  static Optional<LinuxArch> of(VmcoreInfo info) {
    return all().filter(arch -> arch.isNotedIn(info)).findFirst();
  }

  /** Returns the names of all architectures as text: {@code "x86_64 and aarch64"}. */
  static String names() {
    return all().map(arch -> arch.architecture().toString()).collect(Collectors.joining(" and "));
  }

  /** Returns the architecture of the kernel. */
  Architecture architecture();

  /** Returns the architecture of the 32-bit programs that it can run. */
  Architecture narrow();

  /** Returns whether VMCOREINFO is that of such a kernel. */
  boolean isNotedIn(VmcoreInfo info);

  /**
   * Returns the kernel's own address space, as VMCOREINFO describes it; empty if VMCOREINFO lacks
   * what is needed.
   */
  Optional<AddressSpace> kernelSpace(PhysicalMemory memory, VmcoreInfo info);

  /**
   * Returns the kernel's own address space, found through the page tables of a process, which are
   * freed with the process; empty if those tables suffice or do not map the kernel.
   *
   * @param seen the address space of a process
   */
  Optional<AddressSpace> kernelSpace(AddressSpace seen, VmcoreInfo info);

  /** Returns the layout of the kernel's non-present page table entries. */
  SoftwareEntries softwareEntries(PhysicalMemory memory, VmcoreInfo info);

  /** Returns the register that holds the root of the page tables that map the kernel. */
  Register tableRegister();

  /** Returns the control register that determines the format of the page tables. */
  Register controlRegister();

  /**
   * Returns the page tables that a processor may use, the likeliest first: with page-table
   * isolation it may use the user's tables, from which the address of the kernel's is derived.
   *
   * @param table the value of {@link #tableRegister}
   * @param control the value of {@link #controlRegister}
   */
  Stream<ProcessorTables> tables(PhysicalMemory memory, long table, long control);

  /**
   * Returns the address at which the kernel's image begins, or the lowest at which it may begin.
   */
  long imageStart(VmcoreInfo info);

  /** Returns the KASLR offset of the image in physical memory, in bytes. */
  long physicalOffset(VmcoreInfo info);

  /** Returns whether a pointer may point into the kernel's address space. */
  boolean isKernelAddress(long address);

  /** Returns how user-mode registers are saved while a thread is in the kernel. */
  SavedRegisters savedRegisters();

  /** Returns how a processor's current task is found. */
  CurrentTask currentTask();

  /** Returns how the functions of system calls are entered. */
  SystemCallShape systemCalls();
}
