package org.vmi4j.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.shell.session.ExitCode;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports on standard error why a command failed and what to do, and chooses its exit code. */
final class ErrorReport {
  private final Session session;

  ErrorReport(Session session) {
    this.session = session;
  }

  /**
   * Reports what a command threw. An exception that is not an error of its work is a defect, and is
   * rethrown.
   */
  int failed(Exception error) throws Exception {
    session.out().flush();
    if (session.outputFailure().isPresent()) {
      return ExitCode.FAILED;
    }
    if (error instanceof CancellationException) {
      session.complain("stopped");
      return ExitCode.INTERRUPTED;
    }
    if (error instanceof VmiException known) {
      session.complain(known.getMessage());
      known.remedies().stream().map(ErrorReport::option).sorted().forEach(session::advise);
      return ExitCode.FAILED;
    }
    if (error instanceof IOException) {
      session.complain(error.getMessage());
      return ExitCode.FAILED;
    }
    throw error;
  }

  /**
   * Reports that standard output could not be written. A pipe whose reader has ended is not an
   * error.
   *
   * @param code the exit code otherwise
   */
  int output(int code) {
    Optional<IOException> failure = session.outputFailure();
    if (failure.isEmpty()) {
      return code;
    }
    if (session.isPiped()) {
      return ExitCode.PIPE_CLOSED;
    }
    session.complain("cannot write standard output: " + failure.get().getMessage());
    return ExitCode.FAILED;
  }

  /** Reports a command line that is not valid. */
  int wrongUsage(ParameterException error) {
    PrintWriter err = session.err();
    String name = error.getCommandLine().getCommandName();
    session.complain(
        name.equals("vmi") && error instanceof UnmatchedArgumentException unmatched
            ? "there is no command \"" + unmatched.getUnmatched().get(0) + "\""
            : error.getMessage());
    UnmatchedArgumentException.printSuggestions(error, err);
    err.println("Try \"vmi help" + (name.equals("vmi") ? "" : " " + name) + "\".");
    return ExitCode.USAGE;
  }

  /** Reports that the URI of a machine precedes the command. */
  int commandComesFirst(String uri, String command) {
    session.complain("the command comes first: vmi " + command + " " + uri);
    session.err().println("Try \"vmi help\".");
    return ExitCode.USAGE;
  }

  /** Reports that a page of a mapped file is no longer backed, now or shortly before. */
  int memoryGone() {
    session.out().flush();
    session.complain(
        "memory became unavailable while it was read: the image was truncated, its disk failed, or"
            + " the domain has ended; check it and open it again");
    return ExitCode.FAILED;
  }

  /**
   * Reports that the heap is exhausted. The memory of the command is free again, so that others can
   * run.
   */
  int outOfMemory() {
    session.out().flush();
    session.complain(
        "the command needs more memory than Java may use ("
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB); ask for less at a time, or start vmi with JAVA_TOOL_OPTIONS=-Xmx4g");
    return ExitCode.FAILED;
  }

  /** Returns a remedy in terms of the command line. */
  private static String option(Remedy remedy) {
    return switch (remedy) {
      case PROFILE -> "supply the profile of the guest's kernel with --profile FILE";
      case MEMORY_HOLE ->
          "for a raw image of more than 2 GiB, state the memory hole in the URI:"
              + " file:guest.raw?hole=START-END";
      case OVERWRITE -> "replace the file with --force";
      case RUNNING_MACHINE -> "use a running machine: xen:NAME; \"vmi list\" lists them";
      case SCHEME -> "write file:PATH for a memory image, xen:NAME for a running domain";
    };
  }
}
