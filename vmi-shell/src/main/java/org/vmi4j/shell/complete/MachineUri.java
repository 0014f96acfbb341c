package org.vmi4j.shell.complete;

import java.util.Collections;
import java.util.Iterator;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The candidates of a parameter that is the machine of the command. There are none: the shell gives
 * this parameter itself, and knows by it that a command is about a machine.
 */
public final class MachineUri implements Iterable<String> {

  /** Returns whether the first parameter of a command is a machine. */
  public static boolean isTakenBy(CommandSpec command) {
    return command.positionalParameters().stream()
        .anyMatch(parameter -> parameter.completionCandidates() instanceof MachineUri);
  }

  @Override
  public Iterator<String> iterator() {
    return Collections.emptyIterator();
  }
}
