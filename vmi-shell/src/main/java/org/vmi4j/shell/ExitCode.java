package org.vmi4j.shell;

/** The exit codes of {@code vmi}, which scripts may rely on. */
final class ExitCode {
  /** All went well. */
  static final int OK = 0;

  /** The command failed; standard error says why. */
  static final int FAILED = 1;

  /** The command line is not valid. */
  static final int USAGE = 2;

  /** The output is true and not complete: a list of the guest broke, or a read ended early. */
  static final int INCOMPLETE = 3;

  /** Stopped by Ctrl-C. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
