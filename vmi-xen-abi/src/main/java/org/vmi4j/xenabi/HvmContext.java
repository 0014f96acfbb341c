package org.vmi4j.xenabi;

import static org.vmi4j.api.cpu.X86.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The record in which Xen saves a processor of an x86 guest with hardware virtualization: {@code
 * struct hvm_hw_cpu} of {@code public/arch-x86/hvm/save.h}, and the stream of records that it is
 * loaded from ({@code public/hvm/save.h}).
 */
public final class HvmContext {
  /** The type of the record, {@code HVM_SAVE_CODE(CPU)}. */
  public static final short CPU = 2;

  /** Since 4.7 the record ends with flags; before it was eight bytes shorter. */
  public static final int SIZE = 1032;

  private static final short HEADER = 1;
  private static final short END = 0;

  /** {@code struct hvm_save_descriptor}: type, instance, length. */
  private static final int DESCRIPTOR = 8;

  private static final RegisterLayout LAYOUT =
      RegisterLayout.EMPTY
          .longs(512, RAX, RBX, RCX, RDX, RBP, RSI, RDI, RSP)
          .longs(576, R8, R9, R10, R11, R12, R13, R14, R15, RIP, RFLAGS)
          .longs(656, CR0, CR2, CR3, CR4)
          .longs(688, DR0, DR1, DR2, DR3, DR6, DR7)
          .ints(736, CS, DS, ES, FS, GS, SS, TR, LDTR)
          .ints(768, CS_LIMIT, DS_LIMIT, ES_LIMIT, FS_LIMIT, GS_LIMIT, SS_LIMIT)
          .ints(792, TR_LIMIT, LDTR_LIMIT, IDTR_LIMIT, GDTR_LIMIT)
          .longs(808, CS_BASE, DS_BASE, ES_BASE, FS_BASE, GS_BASE, SS_BASE)
          .longs(856, TR_BASE, LDTR_BASE, IDTR_BASE, GDTR_BASE)
          .longs(920, SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP, KERNEL_GS_BASE)
          .longs(960, LSTAR, STAR, CSTAR, SFMASK, EFER, TSC_AUX);

  private HvmContext() {}

  /**
   * Reads a record.
   *
   * @param architecture that of the guest, {@code X86} or {@code X86_64}; the record is the same
   * @throws VmiException if it is too short
   */
  public static RegisterValues read(ByteBuffer record, Architecture architecture) {
    if (record.limit() < SIZE - DESCRIPTOR) {
      throw new VmiException(
          "Xen's record of a processor has " + record.limit() + " bytes, fewer than it should");
    }
    RegisterValues values = new RegisterValues(architecture);
    LAYOUT.read(record, values);
    return values;
  }

  /**
   * Creates the stream that sets registers of one processor: the header of a whole save, the
   * records of all processors with one of them changed, and the end. Xen stops all processors of
   * the machine when it loads a stream, and starts those again that have a record in it ({@code
   * hvm_load} of {@code xen/common/hvm/save.c}), so none may be left out.
   *
   * @param save the machine's state as Xen has just saved it
   * @param vcpu the number of the processor
   * @param values the registers to change
   * @throws VmiException if the save has no such processor or is damaged
   * @throws IllegalArgumentException if a register cannot be set
   */
  public static byte[] change(byte[] save, int vcpu, RegisterValues values) {
    LAYOUT.check(values);
    ByteBuffer stream = ByteBuffer.wrap(save).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(save.length);
    boolean found = false;
    int at = 0;
    while (at + DESCRIPTOR <= save.length) {
      short type = stream.getShort(at);
      int instance = stream.getShort(at + 2) & 0xffff;
      int length = stream.getInt(at + 4);
      if (type == END) {
        if (!found) {
          throw new VmiException(
              "Xen saved no state of processor " + vcpu + ": it is down, and cannot be set");
        }
        out.put(save, at, DESCRIPTOR);
        return Arrays.copyOf(out.array(), out.position());
      }
      int least = type == CPU ? SIZE - DESCRIPTOR : 0;
      if (length < least || length > save.length - at - DESCRIPTOR) {
        break;
      }
      if (type == HEADER || type == CPU) {
        out.put(save, at, DESCRIPTOR + length);
      }
      if (type == CPU && instance == vcpu) {
        LAYOUT.write(out.slice(out.position() - length, length), values);
        found = true;
      }
      at += DESCRIPTOR + length;
    }
    throw new VmiException("Xen's saved state of the machine is damaged at byte " + at);
  }
}
