package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.vmi4j.api.host.Folders;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.shell.complete.MachineUri;
import org.vmi4j.shell.complete.ShellCompleter;
import org.vmi4j.shell.session.Guest;
import org.vmi4j.shell.session.Session;
import picocli.CommandLine;

/** The prompt: reads lines, and runs each as a command on one machine. */
final class Repl {
  private static final Set<String> LEAVE = Set.of("exit", "quit");

  private final Session session;
  private final Guest guest;
  private final String uri;
  private final Optional<Path> profile;
  private final CommandLine commands;

  Repl(Session session, Guest guest, String uri, Optional<Path> profile) {
    this.session = session;
    this.guest = guest;
    this.uri = uri;
    this.profile = profile;
    this.commands = Commands.line(session);
  }

  /** Reads and runs lines until one of them, or the end of the input, ends it. */
  void run() throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("vmi")
              .completer(new ShellCompleter(guest, commands))
              .variable(LineReader.HISTORY_FILE, Folders.state("shell").resolve("history"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      session
          .out()
          .println(
              Printable.of(
                  system() + " in " + uri + "; \"help\" lists the commands, \"exit\" leaves"));
      session.out().flush();
      Thread worker = Thread.currentThread();
      terminal.handle(Signal.INT, signal -> worker.interrupt());
      loop(reader);
    }
  }

  private String system() {
    try {
      return "Linux " + guest.linux().kernel().release();
    } catch (KernelNotFoundException e) {
      return "no known operating system";
    }
  }

  private void loop(LineReader reader) {
    List<String> words = next(reader);
    while (words.isEmpty() || !LEAVE.contains(words.get(0))) {
      if (!words.isEmpty()) {
        run(words);
      }
      words = next(reader);
    }
  }

  /** Returns the words of the next line; none after Ctrl-C, and "exit" at the end of input. */
  private static List<String> next(LineReader reader) {
    try {
      return words(reader.readLine("vmi> "));
    } catch (UserInterruptException e) {
      return List.of();
    } catch (EndOfFileException e) {
      // The last line of a file may lack its end.
      String rest = e.getPartialLine();
      return rest == null || rest.isBlank() ? List.of("exit") : words(rest);
    }
  }

  private void run(List<String> typed) {
    CommandLine command = commands.getSubcommands().get(typed.get(0));
    if (command != null && command.getCommand() instanceof ShellCommand) {
      session.err().println("vmi: this is the shell already");
      return;
    }
    List<String> arguments = new ArrayList<>(typed);
    if (command != null && MachineUri.isTakenBy(command.getCommandSpec())) {
      arguments.add(1, uri);
      if (command.getCommandSpec().findOption("--profile") != null) {
        profile.ifPresent(file -> arguments.addAll(2, List.of("--profile", file.toString())));
      }
    }
    // A new command line for each command: options must not keep the values of the last one.
    Commands.execute(session, arguments.toArray(String[]::new));
    Thread.interrupted();
    session.out().flush();
  }

  /** Splits a line at white space; quotes, single or double, keep it together. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean open = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        open = true;
      } else if (Character.isWhitespace(c)) {
        if (open || word.length() > 0) {
          words.add(word.toString());
        }
        word.setLength(0);
        open = false;
      } else {
        word.append(c);
      }
    }
    if (open || word.length() > 0) {
      words.add(word.toString());
    }
    return words;
  }
}
