package org.vmi4j.shell.command.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Entry;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.Hex;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.complete.ProcessIds;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
  @Parameters(
      index = "1",
      paramLabel = "ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "An address or a symbol.")
  private String address;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      completionCandidates = ProcessIds.class,
      description = "In this process's memory (default: the kernel's).")
  private Integer pid;

  @Override
  protected void run(Guest guest) {
    AddressSpace space =
        pid == null
            ? guest.linux().kernel().addressSpace()
            : guest.linux().process(pid).addressSpace();
    Translation translation = space.translate(Addresses.parse(guest, address));
    if (output().format() == OutputOptions.Format.table) {
      print(translation, space);
    } else {
      output().print(session(), object(translation));
    }
  }

  private static Map<String, Object> object(Translation translation) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("va", new Hex(translation.va()));
    translation.physical().ifPresent(pa -> object.put("pa", new Hex(pa)));
    if (translation instanceof Translation.Mapped mapped) {
      object.put("size", mapped.pageSize());
      object.put("access", mapped.access().toString());
    }
    if (translation instanceof Translation.Software software) {
      object.put("size", software.span());
    }
    object.put("result", translation.explanation());
    List<Object> entries = new ArrayList<>();
    for (Entry entry : translation.entries()) {
      Map<String, Object> step = new LinkedHashMap<>();
      step.put("level", entry.level());
      step.put("address", new Hex(entry.address()));
      step.put("value", new Hex(entry.value()));
      step.put("flags", entry.flags());
      entries.add(step);
    }
    object.put("entries", entries);
    return object;
  }

  private void print(Translation translation, AddressSpace space) {
    session().out().println(new Hex(translation.va()) + " in " + space);
    Table table = new Table("level", "address", "value", "flags");
    for (Entry entry : translation.entries()) {
      table.row(entry.level(), new Hex(entry.address()), new Hex(entry.value()), entry.flags());
    }
    output().print(session(), table);
    String end =
        translation instanceof Translation.Mapped mapped
            ? mapped.explanation() + ", " + mapped.pageSize() / 1024 + " KiB, " + mapped.access()
            : translation.physical().isPresent()
                ? translation.explanation()
                    + ", in memory at physical address "
                    + new Hex(translation.physical().getAsLong())
                : translation.explanation();
    session().out().println(end);
  }
}
