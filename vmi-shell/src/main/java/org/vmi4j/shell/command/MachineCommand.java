package org.vmi4j.shell.command;

import java.io.IOException;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A command about a machine. */
@Command
public abstract class MachineCommand extends SessionCommand {
  @Mixin private MachineOptions machine;

  /** Runs the command on the machine. */
  protected abstract void run(Guest guest) throws IOException;

  @Override
  protected final void run() throws IOException {
    run(machine.open(session()));
  }
}
