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
 * The page tables that a processor is in, as far as Linux keeps its kernel there.
 *
 * @param space what the tables show
 * @param imageFrom the lowest address at which they may show the kernel's image
 * @param imageLast the highest
 * @param imagePiece how much of the image is contiguous in physical memory, at the least
 */
public record ProcessorTables(AddressSpace space, long imageFrom, long imageLast, long imagePiece) {
  /** All processors of a machine share their kernel: there is no use in a hundred of them. */
  private static final int MAX_TABLES = 16;

  /** What is read out of a processor: the root of its tables, and their form. */
  private record Roots(long table, long control) {}

  /** Returns those of all processors that are up, without repetition, the likeliest ones first. */
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
