package org.vmi4j.shell.command.host;

import java.util.List;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.command.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the machines that can be opened. */
@Command(
    name = "list",
    description = "Lists the running machines of this host.",
    footer = {"", "Example: vmi list -o json"})
final class ListCommand extends SessionCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "URI",
      defaultValue = "xen:",
      description = "Whose machines, or which one (default: ${DEFAULT-VALUE}).")
  private String uri;

  @Mixin private OutputOptions output;

  @Override
  protected void run() {
    output.print(session(), table(Vmi.list(uri)));
  }

  /** A name that may not be read is empty. */
  static Table table(List<VmInfo> machines) {
    Table table = new Table("id", "name", "uuid", "type", "state", "vcpus", "memory", "uri");
    for (VmInfo machine : machines) {
      table.row(
          machine.id(),
          machine.name().orElse(""),
          machine.uuid().toString(),
          machine.type(),
          machine.state(),
          machine.vcpus(),
          machine.memory(),
          machine.uri());
    }
    return table;
  }
}
