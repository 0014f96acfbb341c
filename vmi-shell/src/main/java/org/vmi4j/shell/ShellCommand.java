package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.complete.MachineUri;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All commands at a prompt, on one machine. */
@Command(
    name = "shell",
    description = "All commands at a prompt, with completion and history.",
    footer = {"", "Example: vmi shell file:guest.elf"})
final class ShellCommand extends SessionCommand {
  @Parameters(
      index = "0",
      paramLabel = "URI",
      completionCandidates = MachineUri.class,
      description = "The machine.")
  private String uri;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "Rekall or Volatility ISF profile of the guest's kernel.")
  private Path profile;

  @Override
  protected void run() throws IOException {
    Guest guest = session().guest(uri, Optional.ofNullable(profile));
    try {
      guest.linux();
    } catch (KernelNotFoundException e) {
      session().inform(e.getMessage());
    }
    session().progress().clear();
    new Repl(session(), guest, uri, Optional.ofNullable(profile)).run();
  }
}
