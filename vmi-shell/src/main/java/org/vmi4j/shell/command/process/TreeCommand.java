package org.vmi4j.shell.command.process;

import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Shows the tree of processes. */
@Command(
    name = "tree",
    description = "Shows the processes as a tree, each below its parent.",
    footer = {"", "Example: vmi tree file:guest.elf"})
final class TreeCommand extends GuestCommand {
  @Override
  protected void run(Guest guest) {
    report(sink -> LinuxRecords.tree(guest.linux(), sink));
  }

  @Override
  protected RecordSink sink() {
    return isTable() ? new TreeSink(session().out()) : super.sink();
  }
}
