package org.vmi4j.shell;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** The commands that run other commands. */
public final class ShellCommands implements CommandFamily {
  @Override
  public String title() {
    return "Shell and demo";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(ShellCommand.class, DemoCommand.class);
  }
}
