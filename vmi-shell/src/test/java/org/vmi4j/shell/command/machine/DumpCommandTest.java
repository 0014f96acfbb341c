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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.shell.session.Session;
import org.vmi4j.shell.session.SessionOwner;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Dumps of a machine that can be paused. */
class DumpCommandTest {
  private static final int IMAGE = 1 << 20;

  @TempDir private Path folder;

  private final List<String> log = new ArrayList<>();

  private void dump(Vm vm, String... options) {
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    try (Session session = new Session(out, out)) {
      DumpCommand command = new DumpCommand();
      List<String> arguments = new ArrayList<>(List.of("dump", "test:", "-w", file().toString()));
      arguments.addAll(List.of(options));
      new CommandLine(new Owner(session))
          .addSubcommand(command)
          .parseArgs(arguments.toArray(String[]::new));
      command.machine(vm);
    }
  }

  @Command
  private record Owner(Session session) implements SessionOwner {}

  private Path file() {
    return folder.resolve("dump.elf");
  }

  private Vm open() throws Exception {
    return Vmi.open("file:" + Files.write(folder.resolve("image.raw"), new byte[IMAGE]));
  }

  @Test
  void theMachineIsPausedWhileItIsWrittenAndRunsAgain() throws Exception {
    try (Vm vm = open()) {
      dump(new PausingVm(vm));
      assertThat(log).isEmpty();
      Files.delete(file());
      dump(new PausingVm(vm), "--pause");
      assertThat(log).containsExactly("paused, no file", "running, a file");
      assertThat(Files.size(file())).isGreaterThan(IMAGE);
    }
  }

  @Test
  void theMachineRunsAgainWhenItCannotBeWritten() throws Exception {
    try (Vm vm = open()) {
      Files.writeString(file(), "precious");
      assertThatThrownBy(() -> dump(new PausingVm(vm), "--pause")).hasMessageContaining("exists");
      assertThat(log).containsExactly("paused, a file", "running, a file");
    }
  }

  @Test
  void machineThatCannotBePausedSaysSo() throws Exception {
    try (Vm vm = open()) {
      assertThatThrownBy(() -> dump(vm, "--pause"))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("does not offer Pausing");
      assertThat(file()).doesNotExist();
    }
  }

  /** Another machine that can be paused too, and logs whether the file is there then. */
  private final class PausingVm implements Vm {
    private final Vm vm;

    PausingVm(Vm vm) {
      this.vm = vm;
    }

    private Pausing.Pause pause() {
      note("paused");
      return () -> note("running");
    }

    private void note(String what) {
      log.add(what + (Files.exists(file()) ? ", a file" : ", no file"));
    }

    @Override
    public String name() {
      return vm.name();
    }

    @Override
    public String uri() {
      return vm.uri();
    }

    @Override
    public String description() {
      return vm.description();
    }

    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public Optional<Architecture> architecture() {
      return vm.architecture();
    }

    @Override
    public PhysicalMemory physicalMemory() {
      return vm.physicalMemory();
    }

    @Override
    public <C extends Capability> Optional<C> find(Class<C> type) {
      return type == Pausing.class ? Optional.of(type.cast((Pausing) this::pause)) : vm.find(type);
    }

    @Override
    public void close() {
      vm.close();
    }
  }
}
