package org.vmi4j.xen.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.Registers;

/**
 * The record in which Xen saves a processor of an x86 guest with hardware virtualization: {@code
 * struct hvm_hw_cpu} of {@code public/arch-x86/hvm/save.h}, and the stream of records that it is
 * loaded from ({@code public/hvm/save.h}).
 */
final class HvmContext {
  /** The type of the record, {@code HVM_SAVE_CODE(CPU)}. */
  static final short CPU = 2;

  /** Since 4.7 the record ends with flags; before it was eight bytes shorter. */
  static final int SIZE = 1032;

  private static final short HEADER = 1;
  private static final short END = 0;

  /** {@code struct hvm_save_descriptor}: type, instance, length. */
  private static final int DESCRIPTOR = 8;

  private static final RegisterLayout LAYOUT =
      new RegisterLayout()
          .longs(512, "rax", "rbx", "rcx", "rdx", "rbp", "rsi", "rdi", "rsp")
          .longs(576, "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags")
          .longs(656, "cr0", "cr2", "cr3", "cr4")
          .longs(688, "dr0", "dr1", "dr2", "dr3", "dr6", "dr7")
          .ints(736, "cs", "ds", "es", "fs", "gs", "ss", "tr", "ldtr")
          .ints(768, "cs_limit", "ds_limit", "es_limit", "fs_limit", "gs_limit", "ss_limit")
          .ints(792, "tr_limit", "ldtr_limit", "idtr_limit", "gdtr_limit")
          .longs(808, "cs_base", "ds_base", "es_base", "fs_base", "gs_base", "ss_base")
          .longs(856, "tr_base", "ldtr_base", "idtr_base", "gdtr_base")
          .longs(920, "sysenter_cs", "sysenter_esp", "sysenter_eip", "kernel_gs_base")
          .longs(960, "lstar", "star", "cstar", "sfmask", "efer", "tsc_aux");

  private HvmContext() {}

  /**
   * Reads a record.
   *
   * @throws VmiException if it is too short
   */
  static Registers read(ByteBuffer record) {
    if (record.limit() < SIZE - DESCRIPTOR) {
      throw new VmiException(
          "Xen's record of a processor has " + record.limit() + " bytes, fewer than it should");
    }
    return new Registers(Architecture.X86_64, LAYOUT.read(record));
  }

  /**
   * Makes the stream that sets registers of one processor: the header of a whole save, the records
   * of all processors with one of them changed, and the end. Xen stops all processors of the
   * machine when it loads a stream, and starts those again that have a record in it ({@code
   * hvm_load} of {@code xen/common/hvm/save.c}), so none may be left out.
   *
   * @param save the machine's state as Xen has just saved it
   * @param vcpu the number of the processor
   * @param values the registers to change
   * @throws VmiException if the save has no such processor or is damaged, or a register is unknown
   */
  static byte[] change(byte[] save, int vcpu, Map<String, Long> values) {
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
    throw new VmiException("what Xen saved of the machine is damaged at byte " + at);
  }
}
