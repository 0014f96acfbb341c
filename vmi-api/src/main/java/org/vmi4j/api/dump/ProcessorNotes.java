package org.vmi4j.api.dump;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Registers;

/**
 * The notes that carry a processor's registers. A register that is not known is written as zero,
 * but for {@link #OWN}, which has only what is known.
 */
public final class ProcessorNotes {
  /**
   * The name of our own note, of the type 0x564d: every register that is known, as lines of ASCII
   * text, {@code name=value} with the value in hexadecimal and without a prefix, one note for each
   * processor. It is what carries the system registers of AArch64 (TTBR0, TTBR1, TCR) and of x86
   * what QEMU's note leaves out, such as EFER.
   */
  public static final String OWN = "VMI4J";

  /** The type of our own note. */
  public static final int OWN_TYPE = 0x564d;

  private static final int PRSTATUS = 1;

  /** {@code struct elf_prstatus} of the 64-bit Linux ABIs: pr_pid, then pr_reg. */
  private static final int PRSTATUS_PID = 32;

  private static final int PRSTATUS_REGISTERS = 112;

  /** {@code struct user_regs_struct}, arch/x86/include/asm/user_64.h. */
  private static final List<String> X86_64 =
      List.of(
          "r15",
          "r14",
          "r13",
          "r12",
          "rbp",
          "rbx",
          "r11",
          "r10",
          "r9",
          "r8",
          "rax",
          "rcx",
          "rdx",
          "rsi",
          "rdi",
          "orig_rax",
          "rip",
          "cs",
          "rflags",
          "rsp",
          "ss",
          "fs_base",
          "gs_base",
          "ds",
          "es",
          "fs",
          "gs");

  private static final int QEMU_SIZE = 0x1b8;

  private static final List<String> QEMU_GENERAL =
      List.of(
          "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12",
          "r13", "r14", "r15", "rip", "rflags");

  private static final List<String> QEMU_SEGMENTS =
      List.of("cs", "ds", "es", "fs", "gs", "ss", "ldtr", "tr", "gdtr", "idtr");

  private ProcessorNotes() {}

  /**
   * All notes of a machine: for each processor NT_PRSTATUS, which debuggers read; on x86 the note
   * of QEMU's dumps, with control registers and descriptor tables; and our own.
   */
  static List<CoreNote> of(List<Registers> processors) {
    List<CoreNote> notes = new ArrayList<>();
    for (int i = 0; i < processors.size(); i++) {
      Registers registers = processors.get(i);
      Architecture architecture = registers.architecture();
      if (architecture == Architecture.X86_64 || architecture == Architecture.AARCH64) {
        notes.add(status(registers, i + 1));
      }
    }
    for (Registers registers : processors) {
      Architecture architecture = registers.architecture();
      if (architecture == Architecture.X86_64 || architecture == Architecture.X86) {
        notes.add(qemu(registers));
      }
    }
    processors.forEach(registers -> notes.add(own(registers)));
    return notes;
  }

  /**
   * NT_PRSTATUS, {@code struct elf_prstatus} of Linux.
   *
   * @param registers of a processor or a thread, of x86-64 or AArch64
   * @param id the number of the thread, or of the processor from 1 on
   * @throws IllegalArgumentException if they are of another architecture
   */
  public static CoreNote status(Registers registers, int id) {
    List<String> names =
        switch (registers.architecture()) {
          case X86_64 -> X86_64;
          case AARCH64 -> aarch64();
          default ->
              throw new IllegalArgumentException(
                  "no NT_PRSTATUS is written for " + registers.architecture());
        };
    ByteBuffer status =
        CoreNote.content(PRSTATUS_REGISTERS + names.size() * Long.BYTES + Long.BYTES);
    status.putInt(PRSTATUS_PID, id).position(PRSTATUS_REGISTERS);
    names.forEach(name -> status.putLong(registers.value(name).orElse(0)));
    return new CoreNote("CORE", PRSTATUS, status);
  }

  private static List<String> aarch64() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      names.add("x" + i);
    }
    names.addAll(List.of("sp", "pc", "pstate"));
    return names;
  }

  /** QEMUCPUState, version 1, as target/i386/arch_dump.c of QEMU lays it out. */
  private static CoreNote qemu(Registers registers) {
    ByteBuffer state = CoreNote.content(QEMU_SIZE).putInt(1).putInt(QEMU_SIZE);
    for (String name : QEMU_GENERAL) {
      OptionalLong wide = registers.value(name);
      String narrow = "e" + name.substring(1);
      state.putLong((wide.isPresent() ? wide : registers.value(narrow)).orElse(0));
    }
    for (String name : QEMU_SEGMENTS) {
      state.putInt((int) registers.value(name).orElse(0));
      state.putInt((int) registers.value(name + "_limit").orElse(0)).putInt(0).putInt(0);
      state.putLong(registers.value(name + "_base").orElse(0));
    }
    for (int i = 0; i < 5; i++) {
      state.putLong(registers.value("cr" + i).orElse(0));
    }
    state.putLong(registers.value("kernel_gs_base").orElse(0));
    return new CoreNote("QEMU", 0, state);
  }

  private static CoreNote own(Registers registers) {
    StringBuilder text = new StringBuilder();
    registers
        .values()
        .forEach((name, value) -> text.append(String.format(Locale.ROOT, "%s=%x\n", name, value)));
    return new CoreNote(
        OWN, OWN_TYPE, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)));
  }
}
