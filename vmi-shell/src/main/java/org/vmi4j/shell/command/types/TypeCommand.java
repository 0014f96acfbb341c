package org.vmi4j.shell.command.types;

import java.io.PrintWriter;
import java.util.Locale;
import org.vmi4j.api.VmiException;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.SimilarNames;
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
  private static final RecordType CONSTANT =
      RecordType.named("constant").text("name").number("value");
  private static final RecordType SIMPLE = RecordType.named("type").text("name").number("size");
  private static final RecordType MEMBER =
      RecordType.named("member")
          .text("name")
          .number("offset")
          .number("size")
          .number("bit_offset")
          .number("bit_size")
          .text("type");

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
      print(
          sink -> {
            sink.begin(CONSTANT);
            enumeration
                .constants()
                .forEach(constant -> sink.write(CONSTANT.row(constant.name(), constant.value())));
          });
    } else if (!(type instanceof StructType struct)) {
      print(
          sink -> {
            sink.begin(SIMPLE);
            sink.write(SIMPLE.row(Declaration.of(type, ""), type.size()));
          });
    } else if (isTable()) {
      declare(struct);
    } else {
      print(sink -> members(struct, sink));
    }
  }

  private static void members(StructType struct, RecordSink sink) {
    sink.begin(MEMBER);
    for (LayoutRow row : Declaration.layout(struct)) {
      sink.write(
          MEMBER.row(
              row.field().name(),
              row.field().offset(),
              row.field().size(),
              row.field().bitOffset(),
              row.field().bitSize(),
              row.declaration()));
    }
  }

  static Type find(Profile profile, String name) {
    return profile
        .types()
        .named(name)
        .orElseThrow(
            () ->
                new VmiException(
                    "this kernel has no type \""
                        + name
                        + "\""
                        + SimilarNames.hint(
                            name.replaceFirst("^(struct|union|enum)\\s+", ""),
                            profile.types().names())));
  }

  /** Prints the type as a declaration in C. */
  private void declare(StructType struct) {
    PrintWriter out = session().out();
    out.println(Printable.of(Declaration.of(struct, "") + " {  /* " + struct.size() + " bytes */"));
    for (LayoutRow row : Declaration.layout(struct)) {
      String margin = "  ".repeat(row.depth());
      out.println(
          String.format(
              Locale.ROOT,
              "  0x%04x  %s%s;",
              row.field().offset(),
              margin,
              Printable.of(row.declaration())));
    }
    out.println("};");
  }
}
