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
 * What Linux does differently on each architecture: one class an architecture. To support another
 * one, implement this and name it in {@link #all}.
 */
public interface LinuxArch {

  /** Returns all architectures on which Linux is understood. */
  static Stream<LinuxArch> all() {
    return Stream.of(LinuxX86_64.ARCH, LinuxAarch64.ARCH);
  }

  /** Finds what is known of an architecture. */
  static Optional<LinuxArch> of(Architecture architecture) {
    return all().filter(arch -> arch.architecture() == architecture).findFirst();
  }

  /** Finds the architecture of a kernel by what it notes: each notes what the others have not. */
  static Optional<LinuxArch> of(VmcoreInfo info) {
    return all().filter(arch -> arch.isNotedIn(info)).findFirst();
  }

  /** Returns the names of all architectures for people: {@code "x86_64 and aarch64"}. */
  static String names() {
    return all().map(arch -> arch.architecture().toString()).collect(Collectors.joining(" and "));
  }

  /** The architecture of the kernel. */
  Architecture architecture();

  /** The architecture of the 32-bit programs that it can run. */
  Architecture narrow();

  /** Returns whether VMCOREINFO is that of such a kernel. */
  boolean isNotedIn(VmcoreInfo info);

  /**
   * Returns the kernel's own address space, as VMCOREINFO describes it; nothing if it does not say
   * enough.
   */
  Optional<AddressSpace> kernelSpace(PhysicalMemory memory, VmcoreInfo info);

  /**
   * Returns the kernel's own address space, found through the tables of some process, which go with
   * the process; nothing if those will do or do not show it.
   *
   * @param seen the address space of a process
   */
  Optional<AddressSpace> kernelSpace(AddressSpace seen, VmcoreInfo info);

  /** Returns what the kernel keeps in entries that are not present. */
  SoftwareEntries softwareEntries(PhysicalMemory memory, VmcoreInfo info);

  /** The register with the root of the tables that show the kernel. */
  Register tableRegister();

  /** The register that says of what form the tables are. */
  Register controlRegister();

  /**
   * Returns the tables that a processor may be in, the likeliest first: where page tables are
   * isolated, it may be in those of its program, from which the kernel's follow.
   *
   * @param table the value of {@link #tableRegister}
   * @param control the value of {@link #controlRegister}
   */
  Stream<ProcessorTables> tables(PhysicalMemory memory, long table, long control);

  /** Returns where the kernel's image begins, or where it may begin at the lowest. */
  long imageStart(VmcoreInfo info);

  /** Returns how far KASLR moved the image in physical memory, in bytes. */
  long physicalOffset(VmcoreInfo info);

  /** Returns whether a pointer may be one of the kernel's. */
  boolean isKernelAddress(long address);

  /** Returns how the registers of a program are saved while it is in the kernel. */
  SavedRegisters savedRegisters();
}
