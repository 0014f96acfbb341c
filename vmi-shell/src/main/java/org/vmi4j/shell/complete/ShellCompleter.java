package org.vmi4j.shell.complete;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completes commands, their options, and what their parameters declare as candidates. */
public final class ShellCompleter implements Completer {
  private static final int MOST = 500;

  private final Guest guest;
  private final Map<String, CommandLine> commands;

  /**
   * Creates a completer.
   *
   * @param line the command line with all commands of the shell
   */
  public ShellCompleter(Guest guest, CommandLine line) {
    this.guest = guest;
    this.commands = line.getSubcommands();
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word().substring(0, line.wordCursor());
    words(line.words().subList(0, line.wordIndex()), word)
        .forEach(text -> candidates.add(new Candidate(text)));
  }

  /**
   * Returns the candidates for a word, given the words before it; only those that are printable as
   * they are.
   */
  List<String> words(List<String> before, String word) {
    return candidates(before, word)
        .filter(text -> text.startsWith(word) && Printable.of(text).equals(text))
        .distinct()
        .limit(MOST)
        .toList();
  }

  private Stream<String> candidates(List<String> before, String word) {
    if (before.isEmpty()) {
      return Stream.concat(commands.keySet().stream(), Stream.of("exit"));
    }
    if (before.get(0).equals("help")) {
      return commands.keySet().stream();
    }
    CommandLine command = commands.get(before.get(0));
    return command == null
        ? Stream.empty()
        : argument(command.getCommandSpec(), before.subList(1, before.size()), word);
  }

  private Stream<String> argument(CommandSpec command, List<String> before, String word) {
    int position = MachineUri.isTakenBy(command) ? 1 : 0;
    OptionSpec open = null;
    for (String argument : before) {
      if (open != null) {
        open = null;
      } else if (argument.startsWith("-")) {
        open = taking(command.findOption(argument));
      } else {
        position++;
      }
    }
    if (open != null) {
      return values(open, word);
    }
    if (word.startsWith("-")) {
      return command.optionsMap().keySet().stream();
    }
    int index = position;
    return command.positionalParameters().stream()
        .filter(parameter -> parameter.index().contains(index))
        .flatMap(parameter -> values(parameter, word));
  }

  /** Returns the option whose value is the next word, if there is one. */
  private static OptionSpec taking(OptionSpec option) {
    return option != null && option.arity().max() > 0 ? option : null;
  }

  private Stream<String> values(ArgSpec argument, String word) {
    Iterable<String> candidates = argument.completionCandidates();
    if (candidates == null) {
      return Stream.empty();
    }
    return candidates instanceof GuestCandidates inGuest
        ? inGuest.of(guest, word)
        : StreamSupport.stream(candidates.spliterator(), false);
  }
}
