package org.vmi4j.shell.complete;

import java.util.Collections;
import java.util.Iterator;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Marks the parameter that is the machine of a command. It has no candidates: the shell supplies
 * this parameter itself, and recognises by it the commands that take a machine.
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
