package org.vmi4j.shell.command;

import picocli.CommandLine.Option;

/** The option {@code --help} of a command. */
final class HelpOption {
  // The command line library handles it; the field is never read here.
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;
}
