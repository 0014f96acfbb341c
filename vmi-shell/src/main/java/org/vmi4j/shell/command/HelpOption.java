package org.vmi4j.shell.command;

import picocli.CommandLine.Option;

/** The option {@code --help} of a command. */
final class HelpOption {
  // The command line library acts on it; nothing here has to read it.
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;
}
