package org.vmi4j.shell.command.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.Hex;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Says what the guest is. */
@Command(
    name = "info",
    description = "Says what the guest is.",
    footer = {"", "Example: vmi info file:guest.elf"})
public final class InfoCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    output().print(session(), facts(guest));
  }

  public static Map<String, Object> facts(Guest guest) {
    Vm vm = guest.vm();
    Kernel kernel = guest.linux().kernel();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("machine", vm.uri());
    facts.put("source", vm.description());
    facts.put("architecture", kernel.architecture().toString());
    vm.find(Vcpus.class).ifPresent(cpus -> facts.put("vcpus", cpus.count()));
    facts.put("memory_end", new Hex(vm.physicalMemory().end()));
    facts.put("os", "Linux");
    facts.put("release", kernel.release());
    facts.put("banner", kernel.banner());
    kernel.buildId().ifPresent(id -> facts.put("build_id", id));
    facts.put("paging", kernel.addressSpace().mode().name());
    facts.put("root", new Hex(kernel.addressSpace().highRoot()));
    facts.put("kaslr_virtual", new Hex(kernel.virtualOffset()));
    facts.put("kaslr_physical", new Hex(kernel.physicalOffset()));
    facts.put("symbols", kernel.profile().symbols().count());
    facts.put("found_by", kernel.evidence());
    return facts;
  }
}
