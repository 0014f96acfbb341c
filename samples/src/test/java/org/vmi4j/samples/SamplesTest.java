package org.vmi4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Runs every sample on the bundled guest. */
class SamplesTest {
  private static final String GUEST =
      "file:"
          + Path.of("")
              .toAbsolutePath()
              .getParent()
              .resolve("lab/guest/bundled/debian12-amd64/memory.elf.xz");

  private static String output(Consumer<String[]> program, String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.accept(arguments);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void listsProcesses() {
    assertThat(output(ListProcesses::main, GUEST))
        .contains("     2 [kthreadd]")
        .contains("sleep 1000001")
        .contains("nc -l -p 8080");
  }

  @Test
  void exportsProcesses() {
    assertThat(output(ExportProcesses::main, GUEST).lines())
        .anyMatch(line -> line.startsWith("{\"pid\":2,\"ppid\":0,") && line.endsWith("}"))
        .anyMatch(line -> line.contains("\"command\":\"nc -l -p 8080\""));
  }

  @Test
  void findsSecrets() {
    assertThat(output(FindSecrets::main, GUEST, "TOKEN=s3cr3t"))
        .contains("sleep: 0x7ff")
        .contains("[stack]");
  }

  @Test
  void readsAStructOfTheKernel() {
    assertThat(output(ReadKernelStruct::main, GUEST)).isEqualTo("vmi4j-guest\n");
  }
}
