package org.vmi4j.shell.command.process;

import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.command.Hex;
import org.vmi4j.shell.command.ProcessCommand;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Lists the regions of the memory of a process. */
@Command(
    name = "maps",
    description = "Lists the regions of the memory of a process.",
    footer = {"", "Example: vmi maps file:guest.elf --pid 1"})
public final class MapsCommand extends ProcessCommand {
  @Override
  protected void run(Guest guest, LinuxProcess process) {
    Listing<MemoryRegion> regions = process.regions();
    print(table(regions), regions);
  }

  public static Table table(Listing<MemoryRegion> regions) {
    Table table = new Table("start", "end", "flags", "offset", "file");
    for (MemoryRegion region : regions) {
      table.row(
          new Hex(region.start()),
          new Hex(region.end()),
          region.rights() + (region.shared() ? "s" : "p"),
          region.backing().offset(),
          region.backing().name());
    }
    return table;
  }
}
