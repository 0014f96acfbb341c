package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;

/** The bundled image of a real guest against what QEMU and the guest itself said. */
class BundledImageTest {
  private static final Path GUEST = Path.of("..", "lab", "guest", "bundled", "debian12-amd64");
  private static final Pattern RAM = Pattern.compile("(?m)^(\\w+)-(\\w+) : System RAM$");

  @TempDir static Path folder;
  private static Vm vm;

  @BeforeAll
  static void open() {
    System.setProperty("vmi4j.cache", folder.toString());
    vm = Vmi.open("file:" + GUEST.resolve("memory.elf.xz"));
  }

  @AfterAll
  static void close() {
    System.clearProperty("vmi4j.cache");
    vm.close();
  }

  @Test
  void isToldWhatItIs() {
    assertThat(vm.description()).isEqualTo("ELF core of 2 processors under xz");
    assertThat(vm.architecture()).contains(Architecture.X86_64);
  }

  @Test
  void registersAreThoseThatTheMonitorPrinted() throws IOException {
    String[] truth = Files.readString(GUEST.resolve("truth/registers.txt")).split("CPU#\\d+\n", -1);
    List<RegisterValues> vcpus = vm.require(Vcpus.class).registers();
    assertThat(vcpus).hasSize(truth.length - 1).hasSize(2);
    for (int cpu = 0; cpu < 2; cpu++) {
      String printed = truth[cpu + 1];
      RegisterValues registers = vcpus.get(cpu);
      for (String name : List.of("CR0", "CR2", "CR3", "CR4", "RIP", "RSP", "RAX", "RDI", "R15")) {
        assertRegister(registers, X86.valueOf(name), name + " *=(\\w+)", printed);
      }
      assertRegister(registers, X86.RFLAGS, "RFL=(\\w+)", printed);
      assertRegister(registers, X86.CS, "CS =(\\w+)", printed);
      assertRegister(registers, X86.GS_BASE, "GS =\\w+ (\\w+)", printed);
      assertRegister(registers, X86.TR_BASE, "TR =\\w+ (\\w+)", printed);
      assertRegister(registers, X86.GDTR_BASE, "GDT= +(\\w+)", printed);
      assertRegister(registers, X86.IDTR_BASE, "IDT= +(\\w+)", printed);
    }
  }

  private static void assertRegister(
      RegisterValues registers, X86 register, String pattern, String printed) {
    Matcher matcher = Pattern.compile("\\b" + pattern).matcher(printed);
    assertThat(matcher.find()).as(pattern).isTrue();
    assertThat(registers.find(register))
        .as(register.label())
        .hasValue(Long.parseUnsignedLong(matcher.group(1), 16));
  }

  @Test
  void allOfSystemRamIsThere() throws IOException {
    Matcher range = RAM.matcher(Files.readString(GUEST.resolve("truth/iomem.txt")));
    int ranges = 0;
    while (range.find()) {
      ranges++;
      long last = Long.parseLong(range.group(2), 16);
      for (long at = Long.parseLong(range.group(1), 16); at <= last; at += TestImages.PAGE) {
        assertThat(vm.physicalMemory().isPresent(at)).isTrue();
      }
      assertThat(vm.physicalMemory().isPresent(last)).isTrue();
    }
    assertThat(ranges).isEqualTo(2);
  }
}
