package org.vmi4j.shell.command.host;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** This host. */
public final class HostCommands implements CommandFamily {
  @Override
  public String title() {
    return "This host";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(ListCommand.class, DoctorCommand.class);
  }
}
