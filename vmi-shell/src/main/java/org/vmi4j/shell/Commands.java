package org.vmi4j.shell;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** All commands, put together. */
@Command(
    name = "vmi",
    mixinStandardHelpOptions = true,
    version = "vmi4j 0.1.0-SNAPSHOT",
    header = "Looks into a virtual machine from outside it.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  vmi demo                            look into the bundled guest",
      "  vmi ps file:guest.elf               its processes",
      "  vmi maps file:guest.elf --pid 1     the memory of one of them",
      "  vmi ps file:guest.elf -o json       for programs",
      "  vmi shell file:guest.elf            all commands at a prompt",
      "",
      "Exit codes: 0 all well, 1 failed, 2 wrong usage, 3 output true but incomplete, 130 stopped."
    })
final class Commands implements Runnable {
  private final Session session;

  private Commands(Session session) {
    this.session = session;
  }

  /** The command line of a session. */
  static CommandLine line(Session session) {
    CommandLine line = new CommandLine(new Commands(session));
    for (Object command : all(session)) {
      line.addSubcommand(command);
    }
    line.addSubcommand(new HelpCommand());
    line.setOut(session.out());
    line.setErr(session.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> report(session, e));
    line.setParameterExceptionHandler((e, arguments) -> usage(session, e));
    return line;
  }

  private static List<Object> all(Session session) {
    return List.of(
        new InfoCommand(session),
        new PsCommand(session),
        new TreeCommand(session),
        new ThreadsCommand(session),
        new ModulesCommand(session),
        new MapsCommand(session),
        new FilesCommand(session),
        new EnvCommand(session),
        new DmesgCommand(session),
        new SymCommand(session),
        new TypeCommand(session),
        new StructCommand(session),
        new TranslateCommand(session),
        new ReadCommand(session),
        new SearchCommand(session),
        new DumpCommand(session),
        new ProfileCommand(session),
        new DemoCommand(session),
        new ShellCommand(session));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
    PrintWriter out = session.out();
    out.println();
    out.println("Machines:");
    Vmi.drivers().forEach(driver -> out.println("  " + driver.scheme() + ":  " + driver.help()));
    out.flush();
  }

  private static int report(Session session, Exception e) throws Exception {
    session.out().flush();
    if (e instanceof CancellationException) {
      session.err().println("vmi: stopped");
      return ExitCode.INTERRUPTED;
    }
    if (e instanceof VmiException || e instanceof java.io.IOException) {
      session.err().println("vmi: " + e.getMessage());
      return ExitCode.FAILED;
    }
    throw e;
  }

  private static int usage(Session session, CommandLine.ParameterException e) {
    session.err().println("vmi: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, session.err());
    String name = e.getCommandLine().getCommandName();
    session.err().println("Try \"vmi help" + (name.equals("vmi") ? "" : " " + name) + "\".");
    return ExitCode.USAGE;
  }
}
