package org.vmi4j.shell.command.kernel;

import java.util.List;
import java.util.OptionalLong;
import org.vmi4j.api.VmiException;
import org.vmi4j.os.linux.LinuxSymbol;
import org.vmi4j.os.linux.LinuxSymbols;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Finds symbols by name and by address. */
@Command(
    name = "sym",
    description = "Shows the address of a symbol of the kernel or a module, or the symbol at one.",
    footer = {
      "",
      "Examples: vmi sym file:guest.elf init_task",
      "          vmi sym file:guest.elf 0xffffffff81000123",
      "          vmi sym file:guest.elf 'llc_sap_open [llc]'"
    })
final class SymCommand extends GuestCommand {
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
    LinuxSymbols symbols = guest.linux().symbols();
    OptionalLong address = Addresses.number(wanted);
    List<LinuxSymbol> named = address.isPresent() ? List.of() : symbols.all(wanted);
    if (!named.isEmpty()) {
      print(
          sink -> {
            sink.begin(SYMBOL);
            named.forEach(found -> sink.write(row(found, found.symbol().address())));
          });
      return;
    }
    long at = address.isPresent() ? address.getAsLong() : withDistance(guest, symbols);
    LinuxSymbol nearest =
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

  private long withDistance(Guest guest, LinuxSymbols symbols) {
    if (wanted.indexOf('+') > 0) {
      return Addresses.parse(guest, wanted);
    }
    throw new VmiException(
        "this kernel has no symbol \""
            + wanted
            + "\""
            + Addresses.similar(symbols, wanted)
            + symbols.broken().map(why -> "; " + why).orElse(""));
  }

  private static Row row(LinuxSymbol found, long at) {
    return SYMBOL.row(found.describe(at), at, String.valueOf(found.symbol().kind()));
  }
}
