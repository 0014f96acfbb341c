package org.vmi4j.shell.command.machine;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.VcpuAddressSpaces;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Describes the guest. */
@Command(
    name = "info",
    description = "Describes the guest, and how it was found.",
    footer = {"", "Example: vmi info file:guest.elf"})
public final class InfoCommand extends GuestCommand {
  private static final RecordType FACTS =
      RecordType.named("guest")
          .text("machine")
          .text("source")
          .text("architecture")
          .number("vcpus")
          .hex("memory_end")
          .text("os")
          .text("release")
          .text("banner")
          .text("build_id")
          .text("paging")
          .hex("root")
          .hex("kaslr_virtual")
          .hex("kaslr_physical")
          .number("symbols")
          .text("found_by");

  @Override
  protected void run(Guest guest) {
    try {
      print(facts(guest));
    } catch (KernelNotFoundException notFound) {
      Vm vm = guest.vm();
      AddressSpace space = VcpuAddressSpaces.of(vm).orElseThrow(() -> notFound);
      session().inform(notFound.getMessage());
      print(hardware(vm, space));
    }
  }

  /** What is known without an operating system. */
  private static Row hardware(Vm vm, AddressSpace space) {
    return FACTS.row(
        vm.uri(),
        vm.description(),
        vm.architecture().map(Architecture::toString).orElse(null),
        vm.require(Vcpus.class).count(),
        vm.physicalMemory().end(),
        null,
        null,
        null,
        null,
        space.mode().name(),
        space.highRoot(),
        null,
        null,
        null,
        "the registers of a processor");
  }

  public static Row facts(Guest guest) {
    Vm vm = guest.vm();
    Kernel kernel = guest.linux().kernel();
    return FACTS.row(
        vm.uri(),
        vm.description(),
        kernel.architecture().toString(),
        vm.find(Vcpus.class).map(cpus -> cpus.count()).orElse(null),
        vm.physicalMemory().end(),
        "Linux",
        kernel.release(),
        kernel.banner(),
        kernel.buildId().orElse(null),
        kernel.addressSpace().mode().name(),
        kernel.addressSpace().highRoot(),
        kernel.virtualOffset(),
        kernel.physicalOffset(),
        kernel.profile().symbols().count(),
        kernel.evidence());
  }
}
