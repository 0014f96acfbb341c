package org.vmi4j.shell.command.process;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** Processes. */
public final class ProcessCommands implements CommandFamily {
  @Override
  public String title() {
    return "Processes";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(
        PsCommand.class,
        TreeCommand.class,
        ThreadsCommand.class,
        MapsCommand.class,
        FilesCommand.class,
        EnvCommand.class);
  }
}
