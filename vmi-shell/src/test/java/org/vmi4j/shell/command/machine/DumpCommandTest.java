package org.vmi4j.shell.command.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.shell.session.Session;
import org.vmi4j.shell.session.SessionOwner;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Dumps of a machine that can be paused. */
class DumpCommandTest {
  private static final int IMAGE = 1 << 20;

  @TempDir private Path folder;

  private final List<String> log = new ArrayList<>();

  /** Dumps a machine, and returns what is printed. */
  private String dump(Vm vm, String... options) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    try (Session session = new Session(out, out)) {
      DumpCommand command = new DumpCommand();
      List<String> arguments = new ArrayList<>(List.of("dump", "test:", "-w", file().toString()));
      arguments.addAll(List.of(options));
      new CommandLine(new Owner(session))
          .addSubcommand(command)
          .parseArgs(arguments.toArray(String[]::new));
      command.machine(vm);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Command
  private record Owner(Session session) implements SessionOwner {}

  private Path file() {
    return folder.resolve("dump.elf");
  }

  private static MockVm machine() {
    return new MockVm("guest", new MockMemory(IMAGE).putLong(0, 1)).live();
  }

  @Test
  void theMachineIsPausedWhileItIsWrittenAndRunsAgain() throws Exception {
    try (MockVm vm = pausing()) {
      dump(vm);
      assertThat(log).isEmpty();
      Files.delete(file());
      dump(vm, "--pause");
      assertThat(log).containsExactly("paused, no file", "running, a file");
      assertThat(Files.size(file())).isGreaterThan(IMAGE);
    }
  }

  @Test
  void anArchitectureThatIsNotKnownIsReported() {
    try (MockVm vm = machine()) {
      assertThat(dump(vm)).contains("architecture of the machine is not known").contains("EM_NONE");
      vm.architecture(Architecture.X86_64);
      assertThat(dump(vm, "--force")).doesNotContain("architecture");
    }
  }

  @Test
  void theMachineRunsAgainWhenItCannotBeWritten() throws Exception {
    try (MockVm vm = pausing()) {
      Files.writeString(file(), "precious");
      assertThatThrownBy(() -> dump(vm, "--pause")).hasMessageContaining("exists");
      assertThat(log).containsExactly("paused, a file", "running, a file");
    }
  }

  @Test
  void machineThatCannotBePausedSaysSo() {
    try (MockVm vm = machine()) {
      assertThatThrownBy(() -> dump(vm, "--pause"))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("does not offer Pausing");
      assertThat(file()).doesNotExist();
    }
  }

  /** A machine that can be paused, and logs whether the file is there then. */
  private MockVm pausing() {
    return machine()
        .with(
            Pausing.class,
            () -> {
              note("paused");
              return () -> note("running");
            });
  }

  private void note(String what) {
    log.add(what + (Files.exists(file()) ? ", a file" : ", no file"));
  }
}
