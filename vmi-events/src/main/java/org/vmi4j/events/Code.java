package org.vmi4j.events;

import java.util.function.ToLongFunction;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.memory.Memory;

/** What breakpoints need to know of an instruction set. */
interface Code {

  /** The most bytes of an instruction that {@link #skippable} looks at. */
  int WINDOW = 16;

  /** The breakpoint instruction. */
  byte[] breakpoint();

  /** The bytes to which instructions are aligned. */
  int alignment();

  /** The register that holds the address of the instruction. */
  Register programCounter();

  /** The register that holds the address of the stack. */
  Register stackPointer();

  /**
   * Returns the address to which a function returns whose first instruction is about to be
   * executed.
   *
   * @param registers reads the registers of its processor
   * @param memory has the stack
   */
  long returnAddress(ToLongFunction<Register> registers, Memory memory);

  /** Returns the stack pointer after the return, of the one before the first instruction. */
  long stackAfterReturn(long stack);

  /**
   * Returns the length of an instruction that does nothing but advance the program counter, so that
   * it need not be executed; 0 if it does more, or is cut off.
   *
   * @param code the instruction and what follows
   * @param length how many bytes are there
   */
  int skippable(byte[] code, int length);

  /**
   * Returns the one of an architecture.
   *
   * @throws VmiException if it is not supported
   */
  static Code of(Architecture architecture) {
    return switch (architecture) {
      case X86, X86_64 -> new X86Code();
      case AARCH64 -> new Arm64Code();
      case ARM -> throw new VmiException("breakpoints in guests of 32-bit Arm are not supported");
    };
  }
}
