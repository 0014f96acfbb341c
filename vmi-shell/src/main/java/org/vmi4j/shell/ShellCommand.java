package org.vmi4j.shell;

import java.io.IOException;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.shell.command.MachineOptions;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** All commands at a prompt, on one machine. */
@Command(
    name = "shell",
    description = "All commands at a prompt, with completion and history.",
    footer = {"", "Example: vmi shell file:guest.elf"})
final class ShellCommand extends SessionCommand {
  @Mixin private MachineOptions machine;

  @Override
  protected void run() throws IOException {
    Guest guest = machine.open(session());
    try {
      guest.linux();
    } catch (KernelNotFoundException e) {
      session().inform(e.getMessage());
    }
    session().progress().clear();
    new Repl(session(), guest, machine.uri(), machine.profile()).run();
  }
}
