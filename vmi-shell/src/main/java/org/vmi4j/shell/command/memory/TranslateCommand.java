package org.vmi4j.shell.command.memory;

import java.util.List;
import java.util.OptionalLong;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a page walk. */
@Command(
    name = "translate",
    description = "Translates a virtual address and shows every entry of the page walk.",
    footer = {
      "",
      "Examples: vmi translate file:guest.elf init_task",
      "          vmi translate file:guest.elf 0x400000 --pid 1"
    })
final class TranslateCommand extends GuestCommand {
  private static final RecordType ENTRY =
      RecordType.named("entry").text("level").hex("address").hex("value").texts("flags");
  private static final RecordType TRANSLATION =
      RecordType.named("translation")
          .hex("va")
          .hex("pa")
          .number("size")
          .text("access")
          .text("result")
          .rows("entries");

  @Parameters(
      index = "1",
      paramLabel = "ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "An address or a symbol.")
  private String address;

  @Mixin private SpaceOption space;

  @Override
  protected void run(Guest guest) {
    AddressSpace memory = space.of(guest);
    Translation translation = memory.translate(Addresses.parse(guest, address));
    if (isTable()) {
      show(translation, memory);
    } else {
      print(row(translation));
    }
  }

  private static Row row(Translation translation) {
    OptionalLong physical = translation.physical();
    return TRANSLATION.row(
        translation.va(),
        physical.isPresent() ? physical.getAsLong() : null,
        size(translation),
        translation instanceof Translation.Mapped mapped ? mapped.access().toString() : null,
        translation.explanation(),
        entries(translation));
  }

  private static Long size(Translation translation) {
    if (translation instanceof Translation.Mapped mapped) {
      return mapped.pageSize();
    }
    return translation instanceof Translation.Software software ? software.span() : null;
  }

  private static List<Row> entries(Translation translation) {
    return translation.entries().stream()
        .map(entry -> ENTRY.row(entry.level(), entry.address(), entry.value(), entry.flags()))
        .toList();
  }

  /** Prints the walk as a table, followed by the result. */
  private void show(Translation translation, AddressSpace memory) {
    session().out().println("0x" + Long.toHexString(translation.va()) + " in " + memory);
    print(
        sink -> {
          sink.begin(ENTRY);
          entries(translation).forEach(sink::write);
        });
    session().out().println(end(translation));
  }

  private static String end(Translation translation) {
    if (translation instanceof Translation.Mapped mapped) {
      return mapped.explanation() + ", " + mapped.pageSize() / 1024 + " KiB, " + mapped.access();
    }
    OptionalLong physical = translation.physical();
    return physical.isPresent()
        ? translation.explanation()
            + ", in memory at physical address 0x"
            + Long.toHexString(physical.getAsLong())
        : translation.explanation();
  }
}
