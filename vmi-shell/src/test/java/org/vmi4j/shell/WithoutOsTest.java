package org.vmi4j.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.shell.session.Session;
import org.vmi4j.testkit.MockDriver;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.PageTables;
import org.vmi4j.testkit.TableFormat;

/** Machines with page tables that we know, and no operating system that we know. */
class WithoutOsTest {
  private static final long TABLES = 0x10_0000;
  private static final long VA = 0xc010_0000L;
  private static final long PA = 0x20_0000;

  private final MockMemory memory = new MockMemory(1L << 30).putLong(PA, 0x1122_3344_5566_7788L);

  private static String vmi(MockVm vm, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (MockDriver.Offer offer = MockDriver.offer("guest", () -> vm);
        Session session =
            new Session(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8))) {
      arguments[1] = offer.uri();
      assertThat(Commands.execute(session, arguments))
          .as(err.toString(StandardCharsets.UTF_8))
          .isZero();
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private MockVm machine(RegisterValues registers) {
    return new MockVm("guest", memory)
        .architecture(registers.architecture())
        .registers(List.of(new RegisterValues(registers.architecture()), registers));
  }

  private void assertTranslates(RegisterValues registers, String mode) {
    String address = "0x" + Long.toHexString(VA + 0x123);
    assertThat(vmi(machine(registers), "translate", "", address, "-o", "json"))
        .contains("0x" + Long.toHexString(PA + 0x123));
    address = "0x" + Long.toHexString(VA);
    assertThat(vmi(machine(registers), "read", "", address, "8")).contains("88 77 66 55 44 33 22");
    assertThat(vmi(machine(registers), "info", "")).contains(mode, registers.architecture() + "");
  }

  private PageTables tables(TableFormat format) {
    return new PageTables(memory, format, TABLES).map(VA, PA, 4096);
  }

  @Test
  void x86WithPae() {
    long root = tables(TableFormat.X86_PAE).root();
    RegisterValues registers = new RegisterValues(Architecture.X86);
    registers.set(X86.CR0, 0x8000_0011L).set(X86.CR3, root).set(X86.CR4, 1 << 5);
    assertTranslates(registers, "PAE");
  }

  @Test
  void x86WithTablesOfTwoLevels() {
    long root = tables(TableFormat.X86_32).root();
    RegisterValues registers = new RegisterValues(Architecture.X86);
    registers.set(X86.CR0, 0x8000_0011L).set(X86.CR3, root).set(X86.CR4, 0);
    assertTranslates(registers, "32");
  }

  @Test
  void aarch32WithLongDescriptors() {
    long root = tables(TableFormat.ARM_LPAE).root();
    RegisterValues registers = new RegisterValues(Architecture.ARM);
    registers.set(Arm.SCTLR, 1).set(Arm.TTBR0, root).set(Arm.TTBR1, root);
    assertTranslates(registers.set(Arm.TTBCR, 0x8000_0000L), "LPAE");
  }

  @Test
  void aarch32WithShortDescriptors() {
    long root = tables(TableFormat.ARM_SHORT).root();
    RegisterValues registers = new RegisterValues(Architecture.ARM);
    registers.set(Arm.SCTLR, 1).set(Arm.TTBR0, root).set(Arm.TTBR1, root);
    assertTranslates(registers.set(Arm.TTBCR, 0), "short");
  }

  /** The MMU is off: addresses are physical. */
  @Test
  void aProcessorThatDoesNotTranslate() {
    RegisterValues registers = new RegisterValues(Architecture.ARM).set(Arm.SCTLR, 0);
    String address = "0x" + Long.toHexString(PA);
    assertThat(vmi(machine(registers), "read", "", address, "8")).contains("88 77 66 55 44 33 22");
  }
}
