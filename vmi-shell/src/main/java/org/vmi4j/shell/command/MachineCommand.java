package org.vmi4j.shell.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.shell.complete.MachineUri;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command about a machine. */
@Command
public abstract class MachineCommand extends SessionCommand {
  @Parameters(
      index = "0",
      paramLabel = "URI",
      completionCandidates = MachineUri.class,
      description = "The machine: file:guest.elf, for example. Omit it inside the shell.")
  private String uri;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "Rekall or Volatility ISF profile of the guest's kernel (plain, .gz, .xz).")
  private Path profile;

  /** Runs the command on the machine. */
  protected abstract void run(Guest guest) throws IOException;

  @Override
  protected final void run() throws IOException {
    run(session().guest(uri, Optional.ofNullable(profile)));
  }
}
