package org.vmi4j.shell;

/** The program {@code vmi}. */
public final class Main {

  private Main() {}

  /** Runs one command, or the shell. */
  public static void main(String[] arguments) {
    int code;
    try (Session session = new Session(System.out, System.err)) {
      code = Commands.line(session).execute(arguments);
    }
    System.exit(code);
  }
}
