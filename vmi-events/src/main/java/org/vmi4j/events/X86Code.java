package org.vmi4j.events;

import java.util.function.ToLongFunction;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.Memory;

/** Instructions of x86: Intel SDM volume 2. */
final class X86Code implements Code {
  private static final int INT3 = 0xcc;
  private static final int OPERAND_SIZE = 0x66;
  private static final int CS_SEGMENT = 0x2e;
  private static final int NOP = 0x90;
  private static final int REPEAT = 0xf3;
  private static final int TWO_BYTES = 0x0f;
  private static final int LONG_NOP = 0x1f;

  /** F3 0F 1E FA is ENDBR64, and FB ENDBR32: targets of branches, no-operations otherwise. */
  private static final int ENDBR = 0x1e;

  @Override
  public byte[] breakpoint() {
    return new byte[] {(byte) INT3};
  }

  @Override
  public int alignment() {
    return 1;
  }

  @Override
  public Register programCounter() {
    return X86.RIP;
  }

  @Override
  public Register stackPointer() {
    return X86.RSP;
  }

  @Override
  public long returnAddress(ToLongFunction<Register> registers, Memory memory) {
    return memory.readLong(registers.applyAsLong(X86.RSP));
  }

  @Override
  public long stackAfterReturn(long stack) {
    return stack + Long.BYTES;
  }

  @Override
  public int skippable(byte[] code, int length) {
    if (length >= 4 && at(code, 0) == REPEAT) {
      boolean branchTarget =
          at(code, 1) == TWO_BYTES && at(code, 2) == ENDBR && (at(code, 3) | 1) == 0xfb;
      return branchTarget ? 4 : 0;
    }
    int i = 0;
    while (i < length && (at(code, i) == OPERAND_SIZE || at(code, i) == CS_SEGMENT)) {
      i++;
    }
    if (i < length && at(code, i) == NOP) {
      return i + 1;
    }
    if (i + 2 < length && at(code, i) == TWO_BYTES && at(code, i + 1) == LONG_NOP) {
      int end = i + 2 + operandLength(code, i + 2, length);
      return end <= length ? end : 0;
    }
    return 0;
  }

  /** The length of ModR/M with what follows: volume 2A, 2.1.3, with addresses of 32 or 64 bits. */
  private static int operandLength(byte[] code, int at, int length) {
    int modrm = at(code, at);
    int mode = modrm >>> 6;
    int register = modrm & 7;
    boolean sib = mode != 3 && register == 4;
    int displacement =
        switch (mode) {
          case 0 -> register == 5 || sib && at + 1 < length && (at(code, at + 1) & 7) == 5 ? 4 : 0;
          case 1 -> 1;
          case 2 -> 4;
          default -> 0;
        };
    return 1 + (sib ? 1 : 0) + displacement;
  }

  private static int at(byte[] code, int index) {
    return code[index] & 0xff;
  }
}
