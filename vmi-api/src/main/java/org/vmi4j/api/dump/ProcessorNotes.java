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

  /**
   * {@code struct elf_prstatus} of Linux: where the number of the thread is, and where which
   * registers begin; of all else we know nothing.
   */
  private record Status(int id, int start, int width, List<String> names) {}

  /** {@code struct user_regs_struct}, arch/x86/include/asm/user_64.h. */
  private static final Status X86_64 =
      new Status(
          32,
          112,
          Long.BYTES,
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
              "gs"));

  /** The same for 32 bits, arch/x86/include/asm/user_32.h. */
  private static final Status X86 =
      new Status(
          24,
          72,
          Integer.BYTES,
          List.of(
              "ebx",
              "ecx",
              "edx",
              "esi",
              "edi",
              "ebp",
              "eax",
              "ds",
              "es",
              "fs",
              "gs",
              "orig_eax",
              "eip",
              "cs",
              "eflags",
              "esp",
              "ss"));

  /** {@code struct user_pt_regs}, arch/arm64/include/uapi/asm/ptrace.h. */
  private static final Status AARCH64 = new Status(32, 112, Long.BYTES, aarch64());

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
      if (architecture != Architecture.ARM) {
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
   * @param registers of a processor or a thread, of x86 or AArch64
   * @param id the number of the thread, or of the processor from 1 on
   * @throws IllegalArgumentException if they are of another architecture
   */
  public static CoreNote status(Registers registers, int id) {
    Status layout =
        switch (registers.architecture()) {
          case X86 -> X86;
          case X86_64 -> X86_64;
          case AARCH64 -> AARCH64;
          case ARM -> throw new IllegalArgumentException("no NT_PRSTATUS is written for Arm");
        };
    // Behind the registers is pr_fpvalid, in as much room as one of them.
    int size = layout.start() + (layout.names().size() + 1) * layout.width();
    ByteBuffer status = CoreNote.content(size);
    status.putInt(layout.id(), id).position(layout.start());
    for (String name : layout.names()) {
      long value = value(registers, name);
      if (layout.width() == Long.BYTES) {
        status.putLong(value);
      } else {
        status.putInt((int) value);
      }
    }
    return new CoreNote("CORE", PRSTATUS, status);
  }

  /** Sources call the registers of a 32-bit guest by either name, EAX or RAX. */
  private static long value(Registers registers, String name) {
    OptionalLong value = registers.value(name);
    if (value.isEmpty() && (name.startsWith("e") || name.startsWith("r"))) {
      char other = name.charAt(0) == 'e' ? 'r' : 'e';
      value = registers.value(other + name.substring(1));
    }
    return value.orElse(0);
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
      state.putLong(value(registers, name));
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
