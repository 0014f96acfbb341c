package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.vmi4j.os.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that looks into a guest. */
@Command
abstract class GuestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "URI",
      description = "The machine: file:guest.elf, for example. Inside the shell it is left away.")
  private String uri;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "Rekall or Volatility ISF profile of the guest's kernel (plain, .gz, .xz).")
  private Path profile;

  @Mixin private OutputOptions output;

  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  private final Session session;

  GuestCommand(Session session) {
    this.session = session;
  }

  /** Does the work. */
  abstract void run(Guest guest) throws IOException;

  @Override
  public final Integer call() throws IOException {
    session.progress().begin();
    try {
      run(session.guest(uri, Optional.ofNullable(profile)));
    } finally {
      session.progress().clear();
      session.out().flush();
    }
    return session.takeExitCode();
  }

  final Session session() {
    return session;
  }

  final OutputOptions output() {
    return output;
  }

  /** Prints rows, and after them where the guest's list broke, if it did. */
  final void print(Table table, Listing<?> listing) {
    output.print(session, table);
    listing.broken().ifPresent(session::incomplete);
  }

  /** The error for an argument that makes no sense. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
