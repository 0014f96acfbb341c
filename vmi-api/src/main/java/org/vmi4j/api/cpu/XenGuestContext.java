package org.vmi4j.api.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;

/**
 * The record in which Xen hands out a virtual processor, {@code struct vcpu_guest_context}, and
 * where each register lies in it: {@code public/arch-x86/xen.h}, {@code xen-x86_64.h}, {@code
 * xen-x86_32.h} and {@code public/arch-arm.h} of Xen, the same in all releases since 4.8. It is
 * here since both a live Xen and Xen's own core files speak it.
 *
 * <p>Xen puts a 64-bit record for every guest but a paravirtual one of 32 bits. Of a machine with
 * hardware virtualization it fills in no descriptor tables and no model specific registers but
 * those of the segment bases.
 */
public enum XenGuestContext {
  /** Of a guest on x86-64, paravirtual with 64 bits or with hardware virtualization. */
  X86_64(Architecture.X86_64, 5168) {
    @Override
    void describe(RegisterLayout at) {
      at.longs(520, "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8");
      at.longs(600, "rax", "rcx", "rdx", "rsi", "rdi").longs(648, "rip").shorts(656, 8, "cs");
      at.longs(664, "rflags", "rsp").shorts(680, 8, "ss", "es", "ds", "fs", "gs");
      at.longs(4984, "cr0").longs(5000, "cr2", "cr3", "cr4");
      at.longs(5048, "dr0", "dr1", "dr2", "dr3").longs(5096, "dr6", "dr7").longs(5144, "fs_base");
    }

    /** The kernel's and the user's base of GS: which one is in GS depends on who runs. */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, Map<String, Long> values) {
      boolean inKernel =
          paravirtual
              ? (context.getLong(FLAGS) & IN_KERNEL) != 0
              : (values.get("cs") & PRIVILEGE) == 0;
      long kernel = context.getLong(5152);
      long user = context.getLong(5160);
      values.put("gs_base", inKernel ? kernel : user);
      values.put("kernel_gs_base", inKernel ? user : kernel);
      if (paravirtual) {
        values.put("user_cr3", context.getLong(4992));
      }
    }
  },

  /** Of a paravirtual guest of 32 bits on x86. */
  X86_32(Architecture.X86, 2800) {
    @Override
    void describe(RegisterLayout at) {
      at.ints(516, "ebx", "ecx", "edx", "esi", "edi", "ebp", "eax").ints(548, "eip");
      at.shorts(552, 4, "cs").ints(556, "eflags", "esp");
      at.shorts(564, 4, "ss", "es", "ds", "fs", "gs");
      at.ints(2716, "cr0").ints(2724, "cr2", "cr3", "cr4");
      at.ints(2748, "dr0", "dr1", "dr2", "dr3").ints(2772, "dr6", "dr7");
    }

    /** Xen turns CR3 around, so that frames above 4 GiB fit in ({@code xen_cr3_to_pfn}). */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, Map<String, Long> values) {
      int rotated = values.get("cr3").intValue();
      values.put("cr3", (Integer.rotateRight(rotated, 12) & 0xffff_ffffL) << 12);
    }
  },

  /** Of a guest on AArch64, whose kernel runs in 64-bit mode. */
  AARCH64(Architecture.AARCH64, 352) {
    @Override
    void describe(RegisterLayout at) {
      for (int i = 0; i < 31; i++) {
        at.longs(8 + i * Long.BYTES, "x" + i);
      }
      at.longs(256, "pc", "pstate", "spsr_el1").longs(296, "sp_el0", "sp_el1", "elr_el1");
      at.longs(320, "sctlr_el1", "tcr_el1", "ttbr0_el1", "ttbr1_el1");
    }

    /** The stack pointer in use: PSTATE.EL and PSTATE.SP (Arm ARM, D1.3 and C5.2). */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, Map<String, Long> values) {
      boolean ofLevel1 = (values.get("pstate") & MODE) == EL1H;
      values.put("sp", values.get(ofLevel1 ? "sp_el1" : "sp_el0"));
    }
  };

  private static final int FLAGS = 512;
  private static final int IN_KERNEL = 1 << 2;
  private static final int PRIVILEGE = 3;
  private static final int MODE = 0xf;
  private static final int EL1H = 5;

  private final Architecture architecture;
  private final int size;

  // Filled by the constructor and never changed again.
  @SuppressWarnings("ImmutableEnumChecker")
  private final RegisterLayout layout = new RegisterLayout();

  XenGuestContext(Architecture architecture, int size) {
    this.architecture = architecture;
    this.size = size;
    describe(layout);
  }

  /** The size of the record in bytes. */
  public int size() {
    return size;
  }

  abstract void describe(RegisterLayout at);

  abstract void complete(ByteBuffer context, boolean paravirtual, Map<String, Long> values);

  /**
   * Reads the registers out of a record. Of a paravirtual guest, addresses in control registers are
   * those of the machine ({@code user_cr3} is the page table of its user mode).
   *
   * @param record the record, from position 0
   * @param paravirtual whether the guest is paravirtual, which decides what some fields mean
   * @throws VmiException if the record is shorter than {@link #size}
   */
  public Registers read(ByteBuffer record, boolean paravirtual) {
    if (record.limit() < size) {
      throw new VmiException(
          "a processor's record of "
              + record.limit()
              + " bytes, where Xen's has "
              + size
              + "; it is damaged, or of another architecture");
    }
    ByteBuffer context = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Long> values = layout.read(context);
    complete(context, paravirtual, values);
    return new Registers(architecture, values);
  }

  /**
   * Writes registers into a record. Those that the record does not hold as such, as CR3 of a 32-bit
   * guest, the stack pointer in use on AArch64 and the bases of GS, cannot be set.
   *
   * @param record the record, from position 0, with {@link #size} bytes
   * @throws VmiException if a name is not that of a register that can be set; nothing is changed
   *     then
   */
  public void write(ByteBuffer record, Map<String, Long> values) {
    if (this == X86_32 && values.containsKey("cr3")) {
      throw new VmiException("CR3 of a 32-bit guest of Xen cannot be set");
    }
    layout.write(record, values);
  }
}
