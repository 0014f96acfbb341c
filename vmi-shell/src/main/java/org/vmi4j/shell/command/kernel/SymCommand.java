package org.vmi4j.shell.command.kernel;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.VmiException;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Finds symbols by name and by address. */
@Command(
    name = "sym",
    description = "Tells the address of a symbol, or the symbol at an address.",
    footer = {
      "",
      "Examples: vmi sym file:guest.elf init_task",
      "          vmi sym file:guest.elf 0xffffffff81000123"
    })
final class SymCommand extends GuestCommand {
  private static final int SUGGESTIONS = 5;
  private static final RecordType SYMBOL =
      RecordType.named("symbol").text("name").hex("address").text("kind");

  @Parameters(
      index = "1",
      paramLabel = "NAME|ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "What to look up.")
  private String wanted;

  @Override
  protected void run(Guest guest) {
    Symbols symbols = guest.linux().kernel().profile().symbols();
    OptionalLong address = Addresses.number(wanted);
    if (address.isEmpty() && symbols.address(wanted).isPresent()) {
      print(
          sink -> {
            sink.begin(SYMBOL);
            symbols.all(wanted).forEach(symbol -> sink.write(row(symbol, symbol.address())));
          });
      return;
    }
    long at = address.isPresent() ? address.getAsLong() : withDistance(guest, symbols);
    Symbol nearest =
        symbols
            .nearest(at)
            .orElseThrow(
                () -> new VmiException("no symbol lies at or below 0x" + Long.toHexString(at)));
    print(
        sink -> {
          sink.begin(SYMBOL);
          sink.write(row(nearest, at));
        });
  }

  private long withDistance(Guest guest, Symbols symbols) {
    if (wanted.indexOf('+') > 0) {
      return Addresses.parse(guest, wanted);
    }
    List<String> similar =
        symbols.withPrefix(wanted).map(Symbol::name).distinct().limit(SUGGESTIONS).toList();
    throw new VmiException(
        "this kernel has no symbol \""
            + wanted
            + "\""
            + Optional.of(String.join(", ", similar))
                .filter(names -> !names.isEmpty())
                .map(names -> "; there are " + names)
                .orElse(""));
  }

  private static Row row(Symbol symbol, long at) {
    return SYMBOL.row(symbol.describe(at), at, String.valueOf(symbol.kind()));
  }
}
