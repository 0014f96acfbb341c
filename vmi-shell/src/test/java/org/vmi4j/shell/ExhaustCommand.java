package org.vmi4j.shell;

import java.util.ArrayList;
import java.util.List;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;
import picocli.CommandLine.Command;

/** Fills the heap. It is the command of a jar that is on the class path beside the shell's own. */
@Command(name = "exhaust", description = "Fills the heap.")
final class ExhaustCommand extends SessionCommand {

  /** The family that brings it. */
  public static final class Family implements CommandFamily {
    @Override
    public String title() {
      return "Tests";
    }

    @Override
    public List<Class<? extends SessionCommand>> commands() {
      return List.of(ExhaustCommand.class);
    }
  }

  @Override
  protected void run() {
    List<long[]> all = new ArrayList<>();
    while (all.size() < 1 << 20) {
      all.add(new long[1 << 27]);
    }
    session().out().println(all.size());
  }
}
