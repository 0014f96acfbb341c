package org.vmi4j.shell;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.vmi4j.api.Vmi;
import org.vmi4j.shell.command.CommandFamily;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.session.Session;
import org.vmi4j.shell.session.SessionOwner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The command line of vmi, with all its commands. */
@Command(
    name = "vmi",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Virtual machine introspection: Xen domains and memory images.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%n",
    footer = {
      "",
      "Examples:",
      "  vmi demo                            examine the bundled guest",
      "  vmi list                            the running domains of a Xen host",
      "  vmi ps file:guest.elf               the processes of a guest, from its image",
      "  vmi ps xen:web01                    the same, of one that runs",
      "  vmi maps file:guest.elf --pid 1     the memory of one of them",
      "  vmi ps file:guest.elf -o json       for programs",
      "  vmi shell file:guest.elf            all commands at a prompt",
      "",
      "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 output incomplete, 130 stopped by Ctrl-C,"
          + " 141 reader of the pipe ended."
    })
final class Commands implements Runnable, SessionOwner {
  private final Session session;

  private Commands(Session session) {
    this.session = session;
  }

  @Override
  public Session session() {
    return session;
  }

  /** Returns the command line of a session, with all commands. */
  static CommandLine line(Session session) {
    List<CommandFamily> families = families();
    CommandLine line = empty(session);
    families.forEach(family -> family.commands().forEach(line::addSubcommand));
    line.addSubcommand(new HelpCommand());
    line.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> byFamily(help, families));
    return settled(line, session);
  }

  /**
   * Runs a command, and returns its exit code.
   *
   * <p>Only the requested command is described to the command line library: describing all of them
   * takes a tenth of a second, much for a command that takes three tenths.
   */
  static int execute(Session session, String... arguments) {
    ErrorReport errors = new ErrorReport(session);
    if (arguments.length > 0 && arguments[0].indexOf(':') > 0) {
      return errors.commandComesFirst(
          arguments[0], arguments.length > 1 ? arguments[1] : "COMMAND");
    }
    try {
      return errors.output(lineFor(session, arguments).execute(arguments));
    } catch (OutOfMemoryError e) {
      return errors.outOfMemory();
    } catch (InternalError e) {
      return errors.memoryGone();
    }
  }

  private static CommandLine lineFor(Session session, String... arguments) {
    for (CommandFamily family : arguments.length > 0 ? families() : List.<CommandFamily>of()) {
      for (Class<? extends SessionCommand> type : family.commands()) {
        if (type.getAnnotation(Command.class).name().equals(arguments[0])) {
          return settled(empty(session).addSubcommand(type), session);
        }
      }
    }
    return line(session);
  }

  private static List<CommandFamily> families() {
    return ServiceLoader.load(CommandFamily.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  private static CommandLine empty(Session session) {
    return new CommandLine(new Commands(session));
  }

  /** Settings apply only to commands that were added before. */
  private static CommandLine settled(CommandLine line, Session session) {
    line.setOut(session.out());
    line.setErr(session.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false);
    ErrorReport errors = new ErrorReport(session);
    line.setExecutionExceptionHandler((e, command, result) -> errors.failed(e));
    line.setParameterExceptionHandler((e, arguments) -> errors.wrongUsage(e));
    return line;
  }

  /** Returns the commands with what they do, under the titles of their families. */
  private static String byFamily(Help help, List<CommandFamily> families) {
    StringBuilder text = new StringBuilder();
    Map<String, Help> left = new LinkedHashMap<>(help.subcommands());
    for (CommandFamily family : families) {
      Map<String, Help> members = new LinkedHashMap<>();
      for (Class<? extends SessionCommand> type : family.commands()) {
        String name = type.getAnnotation(Command.class).name();
        members.put(name, left.remove(name));
      }
      text.append(family.title()).append(":\n").append(help.commandList(members));
    }
    return text.append(help.commandList(left)).toString();
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
}
