package org.vmi4j.shell.command;

import java.io.IOException;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.complete.ProcessIds;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command about one process. */
@Command
public abstract class ProcessCommand extends GuestCommand {
  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      required = true,
      completionCandidates = ProcessIds.class,
      description = "The process.")
  private int pid;

  /** Runs the command on the process. */
  protected abstract void run(Guest guest, LinuxProcess process) throws IOException;

  @Override
  protected final void run(Guest guest) throws IOException {
    run(guest, guest.linux().process(pid));
  }
}
