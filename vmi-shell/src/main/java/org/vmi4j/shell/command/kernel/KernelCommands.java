package org.vmi4j.shell.command.kernel;

import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;

/** The kernel. */
public final class KernelCommands implements CommandFamily {
  @Override
  public String title() {
    return "The kernel";
  }

  @Override
  public List<Class<? extends SessionCommand>> commands() {
    return List.of(
        ModulesCommand.class, DmesgCommand.class, SymCommand.class, ProfileCommand.class);
  }
}
