package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.samples.FindSecrets;
import org.vmi4j.samples.ListProcesses;
import org.vmi4j.samples.ReadKernelStruct;

/** The programs of samples, on running guests. */
class SamplesLiveTest {

  @ParameterizedTest
  @MethodSource("org.vmi4j.lab.Truth#all")
  void everySampleWorksOnARunningGuest(Truth truth) {
    assertThat(output(ListProcesses::main, truth.uri()))
        .contains("     2 [kthreadd]")
        .containsPattern("(?m)^ *" + truth.targetPid() + " /target");
    assertThat(output(FindSecrets::main, truth.uri(), "TOKEN=s3cr3t")).contains("[stack]");
    assertThat(output(ReadKernelStruct::main, truth.uri())).isEqualTo("vmi4j-guest\n");
  }

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
}
