package org.vmi4j.shell.command.types;

import org.vmi4j.api.VmiException;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxSymbols;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.StructValue;
import org.vmi4j.profiles.StructView;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.complete.TypeNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Decodes a structure in memory. */
@Command(
    name = "struct",
    description = "Decodes a structure of the kernel at an address.",
    footer = {"", "Example: vmi struct file:guest.elf task_struct init_task"})
final class StructCommand extends GuestCommand {
  private static final RecordType MEMBER =
      RecordType.named("member").number("offset").text("name").mixed("value").text("type");

  @Parameters(
      index = "1",
      paramLabel = "TYPE",
      completionCandidates = TypeNames.class,
      description = "The structure.")
  private String type;

  @Parameters(
      index = "2",
      paramLabel = "ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "An address or a symbol.")
  private String address;

  @Override
  protected void run(Guest guest) {
    Linux linux = guest.linux();
    if (!(TypeCommand.find(linux.kernel().profile(), type) instanceof StructType struct)) {
      throw new VmiException(type + " is not a structure; \"vmi type\" shows what it is");
    }
    long base = Addresses.parse(guest, address);
    LinuxSymbols symbols = linux.symbols();
    StructView view =
        StructView.read(struct, linux.kernel().addressSpace(), base, symbols::exactly);
    print(sink -> write(view, sink));
  }

  private static void write(StructView view, RecordSink sink) {
    sink.begin(MEMBER);
    for (StructView.Row row : view.members()) {
      sink.write(
          MEMBER.row(
              row.field().offset(),
              row.field().name(),
              shown(row.value()),
              Declaration.of(row.field().type(), "")));
    }
  }

  /** A number stays one in JSON. */
  private static Object shown(StructValue value) {
    return value instanceof StructValue.Numeric number && (number.signed() || number.value() >= 0)
        ? (Object) number.value()
        : value.toString();
  }
}
