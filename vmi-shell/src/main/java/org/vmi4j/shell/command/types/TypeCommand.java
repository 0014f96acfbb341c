package org.vmi4j.shell.command.types;

import java.util.List;
import java.util.Locale;
import org.vmi4j.api.VmiException;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.complete.TypeNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a type. */
@Command(
    name = "type",
    description = "Shows how a structure, union or enumeration of the kernel is laid out.",
    footer = {"", "Example: vmi type file:guest.elf list_head"})
final class TypeCommand extends GuestCommand {
  private static final int SUGGESTIONS = 5;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      completionCandidates = TypeNames.class,
      description = "The type, with or without struct.")
  private String name;

  @Override
  protected void run(Guest guest) {
    Type type = find(guest.linux().kernel().profile(), name);
    if (type instanceof EnumType enumeration) {
      Table table = new Table("name", "value");
      enumeration.constants().forEach(constant -> table.row(constant.name(), constant.value()));
      output().print(session(), table);
    } else if (!(type instanceof StructType struct)) {
      Table table = new Table("name", "size");
      output().print(session(), table.row(Declaration.of(type, ""), type.size()));
    } else if (output().format() == OutputOptions.Format.table) {
      print(struct);
    } else {
      Table table = new Table("name", "offset", "size", "bit_offset", "bit_size", "type");
      for (LayoutRow row : Declaration.layout(struct)) {
        table.row(
            row.field().name(),
            row.field().offset(),
            row.field().size(),
            row.field().bitOffset(),
            row.field().bitSize(),
            row.declaration());
      }
      output().print(session(), table);
    }
  }

  static Type find(Profile profile, String name) {
    return profile
        .types()
        .named(name)
        .orElseThrow(
            () -> {
              List<String> similar =
                  profile
                      .types()
                      .names()
                      .filter(other -> other.startsWith(name))
                      .sorted()
                      .limit(SUGGESTIONS)
                      .toList();
              return new VmiException(
                  "this kernel has no type \""
                      + name
                      + "\""
                      + (similar.isEmpty() ? "" : "; there are " + String.join(", ", similar)));
            });
  }

  private void print(StructType struct) {
    session().out().println(Declaration.of(struct, "") + " {  /* " + struct.size() + " bytes */");
    for (LayoutRow row : Declaration.layout(struct)) {
      session()
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "  0x%04x  %s%s;",
                  row.field().offset(),
                  "  ".repeat(row.depth()),
                  row.declaration()));
    }
    session().out().println("};");
  }
}
