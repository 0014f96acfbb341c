package org.vmi4j.shell.command.machine;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.event.EventSource;
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
          .text("found_by")
          .texts("events")
          .texts("events_missing");

  @Override
  protected void run(Guest guest) {
    try {
      print(facts(guest));
    } catch (KernelNotFoundException notFound) {
      Optional<AddressSpace> space = VcpuAddressSpaces.of(guest.vm());
      print(hardware(guest.vm(), space));
      if (space.isEmpty()) {
        session().incomplete(notFound.getMessage());
      } else {
        session().inform(notFound.getMessage());
      }
    }
  }

  /** Returns what is known without an operating system. */
  private static Row hardware(Vm vm, Optional<AddressSpace> space) {
    return FACTS.row(
        vm.uri(),
        vm.description(),
        vm.architecture().map(Architecture::toString).orElse(null),
        vm.find(Vcpus.class).map(Vcpus::count).orElse(null),
        vm.physicalMemory().end(),
        null,
        null,
        null,
        null,
        space.map(known -> known.mode().name()).orElse(null),
        space.map(AddressSpace::highRoot).orElse(null),
        null,
        null,
        null,
        space.map(known -> "the registers of a processor").orElse(null),
        events(vm),
        missingEvents(vm));
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
        kernel.evidence(),
        events(vm),
        missingEvents(vm));
  }

  /** Returns the kinds of events that the machine reports; null if it reports none. */
  private static List<String> events(Vm vm) {
    return vm.find(EventSource.class)
        .map(source -> source.features().kinds().stream().sorted().map(Object::toString).toList())
        .orElse(null);
  }

  /** Returns what the machine cannot do with events, and why not; null if that is nothing. */
  private static List<String> missingEvents(Vm vm) {
    return vm.find(EventSource.class)
        .map(source -> new TreeMap<>(source.features().missing()))
        .filter(missing -> !missing.isEmpty())
        .map(missing -> missing.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()))
        .map(Stream::toList)
        .orElse(null);
  }
}
