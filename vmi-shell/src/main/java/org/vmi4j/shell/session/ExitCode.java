package org.vmi4j.shell.session;

/** The exit codes of {@code vmi}, which scripts may rely on. */
public final class ExitCode {
  /** Success. */
  public static final int OK = 0;

  /** The command failed; standard error states the cause. */
  public static final int FAILED = 1;

  /** The command line is not valid. */
  public static final int USAGE = 2;

  /**
   * The output is correct but incomplete: a list of the guest is damaged, or a read ended early.
   */
  public static final int INCOMPLETE = 3;

  /** Stopped by Ctrl-C. */
  public static final int INTERRUPTED = 130;

  /** Standard output is a pipe whose reader has ended; 128 and the number of SIGPIPE. */
  public static final int PIPE_CLOSED = 141;

  private ExitCode() {}
}
