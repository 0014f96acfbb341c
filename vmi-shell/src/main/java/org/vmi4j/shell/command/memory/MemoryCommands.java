package org.vmi4j.shell.command.memory;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** Memory. */
public final class MemoryCommands implements CommandFamily {
  @Override
  public String title() {
    return "Memory";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(TranslateCommand.class, ReadCommand.class, SearchCommand.class);
  }
}
