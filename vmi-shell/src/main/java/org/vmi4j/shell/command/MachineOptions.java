package org.vmi4j.shell.command;

import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.shell.complete.MachineUri;
import org.vmi4j.shell.session.Guest;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The parameter URI and the option {@code --profile} of a command that opens a machine. */
public final class MachineOptions {
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

  /** Returns the URI of the machine. */
  public String uri() {
    return uri;
  }

  /** Returns the file of the profile, if one is named. */
  public Optional<Path> profile() {
    return Optional.ofNullable(profile);
  }

  /** Returns the machine, which the session opens on first use. */
  public Guest open(Session session) {
    return session.guest(uri, profile());
  }
}
