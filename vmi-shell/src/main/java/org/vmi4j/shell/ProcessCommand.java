package org.vmi4j.shell;

import java.io.IOException;
import org.vmi4j.os.linux.LinuxProcess;
import picocli.CommandLine.Option;

/** A command about one process. */
abstract class ProcessCommand extends GuestCommand {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      required = true,
      description = "The process.")
  private int pid;

  ProcessCommand(Session session) {
    super(session);
  }

  abstract void run(Guest guest, LinuxProcess process) throws IOException;

  @Override
  final void run(Guest guest) throws IOException {
    run(guest, guest.linux().process(pid));
  }
}
