package org.vmi4j.shell.command;

import java.util.List;

/**
 * Commands that belong together. Families are found by ServiceLoader, and a jar on the path may
 * bring more. All else that is known of a command, its class declares.
 */
public interface CommandFamily {

  /** Returns the heading of the family in the help. */
  String title();

  /** Their classes, in the order of the help. */
  List<Class<? extends SessionCommand>> commands();
}
