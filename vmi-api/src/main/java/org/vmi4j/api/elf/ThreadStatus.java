package org.vmi4j.api.elf;

import static org.vmi4j.api.cpu.X86.*;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The note NT_PRSTATUS, {@code struct elf_prstatus} of Linux: the number of a thread, or of a
 * processor, and its general registers.
 */
public enum ThreadStatus {
  /** {@code struct user_regs_struct}, arch/x86/include/asm/user_32.h. */
  X86(Architecture.X86, 24, 72, 144) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY.ints(
          0, RBX, RCX, RDX, RSI, RDI, RBP, RAX, DS, ES, FS, GS, ORIG_RAX, RIP, CS, RFLAGS, RSP, SS);
    }
  },

  /** {@code struct user_regs_struct}, arch/x86/include/asm/user_64.h. */
  X86_64(Architecture.X86_64, 32, 112, 336) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .longs(0, R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI)
          .longs(120, ORIG_RAX, RIP, CS, RFLAGS, RSP, SS, FS_BASE, GS_BASE, DS, ES, FS, GS);
    }
  },

  /** {@code struct pt_regs}, arch/arm/include/uapi/asm/ptrace.h. */
  ARM(Architecture.ARM, 24, 72, 148) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .ints(0, declared(Architecture.ARM, 13))
          .ints(52, Arm.SP, Arm.LR, Arm.PC, Arm.CPSR, Arm.ORIG_R0);
    }
  },

  /** {@code struct user_pt_regs}, arch/arm64/include/uapi/asm/ptrace.h. */
  AARCH64(Architecture.AARCH64, 32, 112, 392) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .longs(0, declared(Architecture.AARCH64, 31))
          .longs(248, Arm64.SP, Arm64.PC, Arm64.PSTATE);
    }
  };

  private static final String NAME = "CORE";
  private static final int TYPE = 1;

  private final Architecture architecture;
  private final int number;
  private final int start;
  private final int size;

  // It does not change.
  @SuppressWarnings("ImmutableEnumChecker")
  private final RegisterLayout registers;

  ThreadStatus(Architecture architecture, int number, int start, int size) {
    this.architecture = architecture;
    this.number = number;
    this.start = start;
    this.size = size;
    this.registers = layout();
  }

  /** Returns the status of an architecture. */
  public static ThreadStatus of(Architecture architecture) {
    return switch (architecture) {
      case X86 -> X86;
      case X86_64 -> X86_64;
      case ARM -> ARM;
      case AARCH64 -> AARCH64;
    };
  }

  abstract RegisterLayout layout();

  /** The first registers in the order of their declaration. */
  private static Register[] declared(Architecture architecture, int count) {
    return Register.of(architecture).subList(0, count).toArray(Register[]::new);
  }

  /**
   * Returns where the general registers lie, counted from the first of them. Linux begins its
   * {@code struct pt_regs}, in which it saves those of a thread, in the same way.
   */
  public RegisterLayout registers() {
    return registers;
  }

  /**
   * Creates a note. A register that is not known is written as zero. Registers of x86-64 may be
   * written as those of x86, for the core of a 32-bit program.
   *
   * @param values of a processor or a thread
   * @param id the number of the thread, or of the processor from 1 on
   * @throws IllegalArgumentException if the registers are of another architecture
   */
  public ElfNote note(RegisterValues values, int id) {
    if (Register.of(architecture) != Register.of(values.architecture())) {
      throw new IllegalArgumentException(
          "registers of " + values.architecture() + " do not fit a status of " + architecture);
    }
    ByteBuffer status = ElfNote.content(size).putInt(number, id);
    registers.at(start).write(status, values);
    return new ElfNote(NAME, TYPE, status);
  }

  /** Reads the registers of a note, if it is one of these and long enough. */
  Optional<RegisterValues> read(ElfNote note) {
    if (!note.is(NAME, TYPE) || note.content().limit() < start + registers.size()) {
      return Optional.empty();
    }
    RegisterValues values = new RegisterValues(architecture);
    registers.at(start).read(note.content(), values);
    return Optional.of(values);
  }
}
