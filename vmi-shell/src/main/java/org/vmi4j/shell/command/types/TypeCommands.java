package org.vmi4j.shell.command.types;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** Types. */
public final class TypeCommands implements CommandFamily {
  @Override
  public String title() {
    return "Types";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(TypeCommand.class, StructCommand.class);
  }
}
