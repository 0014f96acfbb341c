package org.vmi4j.shell.command.host;

import java.util.List;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.SessionCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the machines that can be opened. */
@Command(
    name = "list",
    description = "Lists the running machines of this host.",
    footer = {"", "Example: vmi list -o json"})
final class ListCommand extends SessionCommand {
  private static final RecordType MACHINE =
      RecordType.named("machine")
          .number("id")
          .text("name")
          .text("uuid")
          .text("type")
          .text("state")
          .number("vcpus")
          .number("memory")
          .text("uri");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "URI",
      defaultValue = "xen:",
      description =
          "The scheme whose machines are listed, or the URI of one (default: ${DEFAULT-VALUE}).")
  private String uri;

  @Mixin private OutputOptions output;

  @Override
  protected void run() {
    write(Vmi.list(uri), output.list(session().out()));
  }

  /** Writes the machines, and completes the sink. A name without read permission is empty. */
  static void write(List<VmInfo> machines, RecordSink out) {
    try (RecordSink sink = out) {
      sink.begin(MACHINE);
      for (VmInfo machine : machines) {
        sink.write(
            MACHINE.row(
                machine.id(),
                machine.name().orElse(""),
                machine.uuid().toString(),
                machine.type(),
                machine.state(),
                machine.vcpus(),
                machine.memory(),
                machine.uri()));
      }
    }
  }
}
