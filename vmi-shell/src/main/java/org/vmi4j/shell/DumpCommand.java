package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.MemoryRegion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a process's memory to a file. */
@Command(
    name = "dump",
    description = "Writes the memory of a process as an ELF core, for gdb and its like.",
    footer = {"", "Example: vmi dump file:guest.elf --pid 1 --file init.core"})
final class DumpCommand extends ProcessCommand {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Where to (default: core.PID).")
  private Path file;

  DumpCommand(Session session) {
    super(session);
  }

  @Override
  void run(Guest guest, LinuxProcess process) throws IOException {
    Path target = file == null ? Path.of("core." + process.pid()) : file;
    Listing<MemoryRegion> regions = process.regions();
    ProcessCore core = ProcessCore.of(process.memorySpace(), regions.items());
    core.write(target, session().progress());
    session().progress().clear();
    session()
        .err()
        .println(core.bytes() + " bytes of process " + process + " written to " + target);
    regions.broken().ifPresent(session()::incomplete);
  }
}
