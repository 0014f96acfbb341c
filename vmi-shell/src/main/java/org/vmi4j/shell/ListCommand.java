package org.vmi4j.shell;

import java.util.List;
import java.util.concurrent.Callable;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the machines that can be opened. */
@Command(
    name = "list",
    description = "Lists the running machines of this host.",
    footer = {"", "Example: vmi list -o json"})
final class ListCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "URI",
      defaultValue = "xen:",
      description = "Whose machines, or which one (default: ${DEFAULT-VALUE}).")
  private String uri;

  @SuppressWarnings("UnusedVariable")
  @Mixin
  private HelpOption help;

  @Mixin private OutputOptions output;

  private final Session session;

  ListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    output.print(session, table(Vmi.list(uri)));
    session.out().flush();
    return ExitCode.OK;
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
