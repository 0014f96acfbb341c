package org.vmi4j.shell;

import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.kernel.OpenFile;
import picocli.CommandLine.Command;

/** Lists the files that a process has open. */
@Command(
    name = "files",
    description = "Lists the files that a process has open.",
    footer = {"", "Example: vmi files file:guest.elf --pid 1"})
final class FilesCommand extends ProcessCommand {
  FilesCommand(Session session) {
    super(session);
  }

  @Override
  void run(Guest guest, LinuxProcess process) {
    Listing<OpenFile> files = process.files();
    Table table = new Table("fd", "position", "flags", "file");
    files.forEach(
        file -> table.row(file.fd(), file.position(), new Hex(file.flags()), file.name()));
    print(table, files);
  }
}
