package org.vmi4j.shell.command.kernel;

import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.Hex;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the kernel modules. */
@Command(
    name = "modules",
    description = "Lists the kernel modules.",
    footer = {"", "Example: vmi modules file:guest.elf"})
public final class ModulesCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    Listing<LinuxModule> modules = guest.linux().modules();
    print(table(modules), modules);
  }

  public static Table table(Listing<LinuxModule> modules) {
    Table table = new Table("name", "address", "size");
    modules.forEach(module -> table.row(module.name(), new Hex(module.address()), module.size()));
    return table;
  }
}
