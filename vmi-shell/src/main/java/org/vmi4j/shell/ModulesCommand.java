package org.vmi4j.shell;

import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.LinuxModule;
import picocli.CommandLine.Command;

/** Lists the kernel modules. */
@Command(
    name = "modules",
    description = "Lists the kernel modules.",
    footer = {"", "Example: vmi modules file:guest.elf"})
final class ModulesCommand extends GuestCommand {
  ModulesCommand(Session session) {
    super(session);
  }

  @Override
  void run(Guest guest) {
    Listing<LinuxModule> modules = guest.linux().modules();
    print(table(modules), modules);
  }

  static Table table(Listing<LinuxModule> modules) {
    Table table = new Table("name", "address", "size");
    modules.forEach(module -> table.row(module.name(), new Hex(module.address()), module.size()));
    return table;
  }
}
