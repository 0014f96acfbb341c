package org.vmi4j.events;

import java.util.function.ToLongFunction;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.memory.Memory;

/** Instructions of A64: Arm ARM, C6.2. */
final class Arm64Code implements Code {
  /** SMC #0: what a hypervisor intercepts, as it does not BRK. */
  private static final int SMC = 0xd4000003;

  private static final int NOP = 0xd503201f;

  /** BTI with its operand in bits 6 and 7. */
  private static final int BTI = 0xd503241f;

  private static final int BTI_OPERAND = 0xc0;

  @Override
  public byte[] breakpoint() {
    return new byte[] {(byte) SMC, (byte) (SMC >> 8), (byte) (SMC >> 16), (byte) (SMC >> 24)};
  }

  @Override
  public int alignment() {
    return Integer.BYTES;
  }

  @Override
  public Register programCounter() {
    return Arm64.PC;
  }

  @Override
  public Register stackPointer() {
    return Arm64.SP;
  }

  @Override
  public long returnAddress(ToLongFunction<Register> registers, Memory memory) {
    return registers.applyAsLong(Arm64.X30);
  }

  @Override
  public long stackAfterReturn(long stack) {
    return stack;
  }

  @Override
  public int skippable(byte[] code, int length) {
    if (length < Integer.BYTES) {
      return 0;
    }
    int instruction =
        code[0] & 0xff | (code[1] & 0xff) << 8 | (code[2] & 0xff) << 16 | code[3] << 24;
    return instruction == NOP || (instruction & ~BTI_OPERAND) == BTI ? Integer.BYTES : 0;
  }
}
