package org.vmi4j.shell;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.vmi4j.profiles.Symbol;
import picocli.CommandLine;

/** Completes commands, their options, symbols, types and process numbers. */
final class ShellCompleter implements Completer {
  private static final int MOST = 500;
  private static final Set<String> TAKE_SYMBOL = Set.of("sym", "read", "translate");
  private static final Set<String> TAKE_TYPE = Set.of("type", "struct");
  private static final Set<String> TAKE_PID = Set.of("-p", "--pid");
  private static final Set<String> TAKE_FORMAT = Set.of("-o", "--output");

  private final Guest guest;
  private final Map<String, CommandLine> commands;

  ShellCompleter(Guest guest, CommandLine line) {
    this.guest = guest;
    this.commands = line.getSubcommands();
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    int index = line.wordIndex();
    String word = line.word().substring(0, line.wordCursor());
    candidates(line.words(), index, word)
        .filter(text -> text.startsWith(word))
        .distinct()
        .limit(MOST)
        .forEach(text -> candidates.add(new Candidate(text)));
  }

  private Stream<String> candidates(List<String> words, int index, String word) {
    if (index == 0) {
      return Stream.concat(
          commands.keySet().stream().filter(name -> !name.equals("shell")), Stream.of("exit"));
    }
    String command = words.get(0);
    String before = words.get(index - 1);
    if (command.equals("help")) {
      return commands.keySet().stream();
    }
    if (TAKE_PID.contains(before)) {
      return guest.linux().processes().stream().map(process -> Integer.toString(process.pid()));
    }
    if (TAKE_FORMAT.contains(before)) {
      return Stream.of(OutputOptions.Format.values()).map(Enum::name);
    }
    if (word.startsWith("-")) {
      CommandLine known = commands.get(command);
      return known == null ? Stream.empty() : known.getCommandSpec().optionsMap().keySet().stream();
    }
    if (TAKE_TYPE.contains(command) && index == 1) {
      return guest.linux().kernel().profile().types().names().sorted();
    }
    boolean symbol =
        TAKE_SYMBOL.contains(command) && index == 1 || command.equals("struct") && index == 2;
    return symbol
        ? guest.linux().kernel().profile().symbols().withPrefix(word).map(Symbol::name)
        : Stream.empty();
  }
}
