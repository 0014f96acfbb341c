package org.vmi4j.shell.command;

import java.util.List;

/**
 * A group of related commands. Families are found by ServiceLoader; a jar on the path may add more.
 * Everything else about a command is declared by its class.
 */
public interface CommandFamily {

  /** Returns the heading of the family in the help. */
  String title();

  /** Returns the classes of its commands, in the order of the help. */
  List<Class<? extends SessionCommand>> commands();
}
