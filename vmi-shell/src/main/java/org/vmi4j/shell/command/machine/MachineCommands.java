package org.vmi4j.shell.command.machine;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** The machine. */
public final class MachineCommands implements CommandFamily {
  @Override
  public String title() {
    return "The machine";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(InfoCommand.class, DumpCommand.class);
  }
}
