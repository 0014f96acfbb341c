package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command about a machine. */
@Command
abstract class MachineCommand implements Callable<Integer> {
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

  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  private final Session session;

  MachineCommand(Session session) {
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

  /** The error for an argument that makes no sense. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
