package org.vmi4j.shell;

import org.vmi4j.shell.session.Session;
import picocli.CommandLine;

/** The command line of the shell, for tests of other packages. */
public final class ShellLine {
  private ShellLine() {}

  /** All commands, in a session. */
  public static CommandLine of(Session session) {
    return Commands.line(session);
  }

  /** Runs a command in a session, and returns its exit code. */
  public static int execute(Session session, String... arguments) {
    return Commands.execute(session, arguments);
  }
}
