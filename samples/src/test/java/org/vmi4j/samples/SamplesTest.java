package org.vmi4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.testkit.MockDriver;
import org.vmi4j.testkit.MockEvents;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;

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

  /** The guest as a machine that runs, whose processor reaches the breakpoint. */
  @Test
  void watchesAFunctionOfTheKernel() {
    try (Vm image = Vmi.open(GUEST)) {
      Linux linux = Linux.detect(image);
      long function = linux.symbols().address("schedule").orElseThrow();
      RegisterValues registers = image.require(Vcpus.class).vcpu(0).registers();
      String running =
          linux.runningTasks().of(0, EventRegisters.of(registers)).orElseThrow().processName();
      long physical = Lookup.physical(linux.addressSpace().lookup(function));
      MockMemory memory =
          MockMemory.over(image.physicalMemory(), image.physicalMemory().end()).writable();
      byte original = memory.get(physical, 1)[0];
      MockVm vm = new MockVm("guest", memory).architecture(Architecture.X86_64).live();
      MockEvents source = new MockEvents(vm.operations());
      vm.with(EventSource.class, source).registers(List.of(registers));
      BreakpointEvent hit = new BreakpointEvent().fill(physical, 1, 6);
      hit.begin(1, 0, 0, 0, true, EventRegisters.of(registers.copy().set(X86.RIP, function)));
      source.fire(hit);
      try (MockDriver.Offer offer = MockDriver.offer("guest", () -> vm)) {
        assertThat(output(WatchFunction::main, offer.uri(), "schedule", "1"))
            .endsWith(" " + running + "\n");
      }
      assertThat(memory.get(physical, 1)).containsExactly(original);
    }
  }
}
