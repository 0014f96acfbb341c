package org.vmi4j.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.vmi4j.api.Caches;
import org.vmi4j.os.linux.kernel.Kernel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All commands at a prompt, on one machine. */
@Command(
    name = "shell",
    description = "All commands at a prompt, with completion and history.",
    footer = {"", "Example: vmi shell file:guest.elf"})
final class ShellCommand implements Callable<Integer> {
  private static final Set<String> LEAVE = Set.of("exit", "quit");
  private static final Set<String> WITHOUT_MACHINE = Set.of("demo", "doctor", "list");

  @Parameters(index = "0", paramLabel = "URI", description = "The machine.")
  private String uri;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "Rekall or Volatility ISF profile of the guest's kernel.")
  private Path profile;

  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  private final Session session;

  ShellCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    session.progress().begin();
    Guest guest = session.guest(uri, Optional.ofNullable(profile));
    Kernel kernel = guest.linux().kernel();
    session.progress().clear();
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("vmi")
              .completer(new ShellCompleter(guest, Commands.line(session)))
              .variable(LineReader.HISTORY_FILE, Caches.folder("shell").resolve("history"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      session
          .out()
          .println(
              "Linux "
                  + kernel.release()
                  + " in "
                  + uri
                  + "; \"help\" lists the commands, \"exit\" leaves");
      session.out().flush();
      Thread worker = Thread.currentThread();
      terminal.handle(Signal.INT, signal -> worker.interrupt());
      loop(reader);
    }
    return ExitCode.OK;
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

  /** The words of the next line; none when Ctrl-C dropped it, and "exit" at the end of input. */
  private static List<String> next(LineReader reader) {
    try {
      return words(reader.readLine("vmi> "));
    } catch (UserInterruptException e) {
      return List.of();
    } catch (EndOfFileException e) {
      return List.of("exit");
    }
  }

  private void run(List<String> typed) {
    List<String> arguments = new ArrayList<>(typed);
    String command = typed.get(0);
    if (command.equals("shell")) {
      session.err().println("vmi: this is the shell already");
      return;
    }
    boolean onMachine = Commands.isKnown(command) && !WITHOUT_MACHINE.contains(command);
    if (onMachine && !typed.contains("--help") && !typed.contains("-h")) {
      arguments.add(1, uri);
      if (profile != null) {
        arguments.add(2, "--profile");
        arguments.add(3, profile.toString());
      }
    }
    // A line of its own for each command: options must not keep the values of the last one.
    String[] words = arguments.toArray(String[]::new);
    Commands.execute(session, words);
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
