package org.vmi4j.shell.command.live;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** What a running guest does. */
public final class LiveCommands implements CommandFamily {
  @Override
  public String title() {
    return "Running guests";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(WatchCommand.class, TraceCommand.class, RecoverCommand.class);
  }
}
