package org.vmi4j.samples;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.plugins.record.JsonSink;
import org.vmi4j.plugins.record.RecordSink;

/** Writes the processes of a guest as JSON, an object a line. */
public final class ExportProcesses {

  private ExportProcesses() {}

  /** Takes the URI of a machine, {@code file:guest.elf} for example. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    try (Vm vm = Vmi.open(arguments[0]);
        RecordSink sink = JsonSink.lines(out)) {
      LinuxRecords.processes(Linux.detect(vm), sink).forEach(System.err::println);
    }
  }
}
