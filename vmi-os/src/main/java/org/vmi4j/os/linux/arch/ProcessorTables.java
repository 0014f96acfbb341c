package org.vmi4j.os.linux.arch;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.paging.AddressSpace;

/**
 * The page tables that a processor uses, as far as they map the Linux kernel.
 *
 * @param space the address space that the tables define
 * @param imageFrom the lowest address at which they may map the kernel's image
 * @param imageLast the highest
 * @param imagePiece the minimum size in bytes of a physically contiguous part of the image
 */
public record ProcessorTables(AddressSpace space, long imageFrom, long imageLast, long imagePiece) {
  /** All processors of a machine run the same kernel: a few of them suffice. */
  private static final int MAX_TABLES = 16;

  /** The registers that are read: the root of the page tables, and their format. */
  private record Roots(long table, long control) {}

  /** Returns the page tables of the online processors, without duplicates, the likeliest first. */
  public static List<ProcessorTables> of(Vm vm, LinuxArch arch) {
    Set<Roots> roots = new LinkedHashSet<>();
    for (Vcpu vcpu : vm.find(Vcpus.class).map(Vcpus::all).orElse(List.of())) {
      RegisterValues values = vcpu.registers();
      long control = values.getOr(arch.controlRegister(), 0);
      values.find(arch.tableRegister()).ifPresent(table -> roots.add(new Roots(table, control)));
    }
    return roots.stream()
        .flatMap(each -> arch.tables(vm.physicalMemory(), each.table(), each.control()))
        .limit(MAX_TABLES)
        .toList();
  }
}
