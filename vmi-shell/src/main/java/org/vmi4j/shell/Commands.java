package org.vmi4j.shell;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
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
      "  vmi list                            the running domains of a Xen host",
      "  vmi ps file:guest.elf               the processes of a guest, from its image",
      "  vmi ps xen:web01                    the same, of one that runs",
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

  /** All commands by their names, in the order of the help. */
  private static final Map<String, Function<Session, Object>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("list", ListCommand::new);
    ALL.put("info", InfoCommand::new);
    ALL.put("ps", PsCommand::new);
    ALL.put("tree", TreeCommand::new);
    ALL.put("threads", ThreadsCommand::new);
    ALL.put("modules", ModulesCommand::new);
    ALL.put("maps", MapsCommand::new);
    ALL.put("files", FilesCommand::new);
    ALL.put("env", EnvCommand::new);
    ALL.put("dmesg", DmesgCommand::new);
    ALL.put("sym", SymCommand::new);
    ALL.put("type", TypeCommand::new);
    ALL.put("struct", StructCommand::new);
    ALL.put("translate", TranslateCommand::new);
    ALL.put("read", ReadCommand::new);
    ALL.put("search", SearchCommand::new);
    ALL.put("dump", DumpCommand::new);
    ALL.put("profile", ProfileCommand::new);
    ALL.put("doctor", DoctorCommand::new);
    ALL.put("demo", DemoCommand::new);
    ALL.put("shell", ShellCommand::new);
  }

  /** Whether there is a command of this name. */
  static boolean isKnown(String name) {
    return ALL.containsKey(name);
  }

  /** The command line of a session, with all commands. */
  static CommandLine line(Session session) {
    return line(session, ALL.keySet());
  }

  /**
   * Runs a command, and returns its exit code.
   *
   * <p>Only the command that is asked for is described to the command line library: to describe all
   * takes a tenth of a second, which is much for one that takes three.
   */
  static int execute(Session session, String... arguments) {
    CommandLine line =
        arguments.length > 0 && isKnown(arguments[0])
            ? line(session, Set.of(arguments[0]))
            : line(session);
    try {
      return line.execute(arguments);
    } catch (InternalError e) {
      // What a page of a mapped file becomes that has lost its backing, now or a little earlier.
      session.out().flush();
      session
          .err()
          .println(
              "vmi: memory was lost while it was read: the image was truncated, its disk failed, or"
                  + " the domain has ended; check it and open it again");
      return ExitCode.FAILED;
    }
  }

  private static CommandLine line(Session session, Set<String> names) {
    CommandLine line = new CommandLine(new Commands(session));
    ALL.forEach(
        (name, command) -> {
          if (names.contains(name)) {
            line.addSubcommand(command.apply(session));
          }
        });
    line.addSubcommand(new HelpCommand());
    line.setOut(session.out());
    line.setErr(session.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> report(session, e));
    line.setParameterExceptionHandler((e, arguments) -> usage(session, e));
    return line;
  }

  @Override
  public void run() {
    PrintWriter out = session.out();
    line(session).usage(out);
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
