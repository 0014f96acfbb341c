package org.vmi4j.shell.command;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options {@code --write} and {@code --force} of a command that writes a file. */
public final class WriteOptions {
  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Write to this file, readable for you alone.")
  private Path file;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  /** Returns the file to write, if one is named. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /** Returns whether an existing file is replaced. */
  public boolean replace() {
    return force;
  }
}
