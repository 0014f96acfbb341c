package org.vmi4j.shell;

import org.vmi4j.shell.session.Session;

/** The program {@code vmi}. */
public final class Main {

  private Main() {}

  /** Runs one command, or the shell. */
  public static void main(String[] arguments) {
    Session session = Session.ofProcess();
    int code;
    try {
      code = Commands.execute(session, arguments);
    } finally {
      session.close();
    }
    System.exit(code);
  }
}
