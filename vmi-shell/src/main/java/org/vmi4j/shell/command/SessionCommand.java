package org.vmi4j.shell.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.vmi4j.shell.session.Session;
import org.vmi4j.shell.session.SessionOwner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command, which runs in a session; its class declares its name, options and help. */
@Command
public abstract class SessionCommand implements Callable<Integer> {
  @ParentCommand private SessionOwner owner;
  @Spec private CommandSpec spec;

  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  /** Runs the command. */
  protected abstract void run() throws IOException;

  @Override
  public final Integer call() throws IOException {
    Session session = session();
    session.progress().begin();
    try {
      run();
    } finally {
      session.progress().clear();
      session.out().flush();
    }
    return session.takeExitCode();
  }

  protected final Session session() {
    return owner.session();
  }

  /** Returns the error for an invalid argument. */
  protected final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
