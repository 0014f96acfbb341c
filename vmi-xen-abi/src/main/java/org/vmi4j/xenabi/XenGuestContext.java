package org.vmi4j.xenabi;

import static org.vmi4j.api.cpu.X86.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The record in which Xen returns a virtual processor, {@code struct vcpu_guest_context}, and where
 * each register lies in it: {@code public/arch-x86/xen.h}, {@code xen-x86_64.h}, {@code
 * xen-x86_32.h} and {@code public/arch-arm.h} of Xen, the same in all releases since 4.8. A live
 * Xen and Xen's own core files both use it.
 *
 * <p>Xen puts a 64-bit record for every guest but a paravirtual one of 32 bits. Of a machine with
 * hardware virtualization it fills in no descriptor tables and no model specific registers but
 * those of the segment bases.
 */
public enum XenGuestContext {
  /** Of a guest on x86-64, paravirtual with 64 bits or with hardware virtualization. */
  X86_64(Architecture.X86_64, 5168) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .longs(520, R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI)
          .longs(648, RIP)
          .shorts(656, 8, CS)
          .longs(664, RFLAGS, RSP)
          .shorts(680, 8, SS, ES, DS, FS, GS)
          .longs(4984, CR0)
          .longs(5000, CR2, CR3, CR4)
          .longs(5048, DR0, DR1, DR2, DR3)
          .longs(5096, DR6, DR7)
          .longs(5144, FS_BASE);
    }

    /** The kernel's and the user's base of GS: which one is in GS depends on who runs. */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, RegisterValues values) {
      boolean inKernel =
          paravirtual
              ? (context.getLong(FLAGS) & IN_KERNEL) != 0
              : (values.get(CS) & PRIVILEGE) == 0;
      long kernel = context.getLong(5152);
      long user = context.getLong(5160);
      values.set(GS_BASE, inKernel ? kernel : user);
      values.set(KERNEL_GS_BASE, inKernel ? user : kernel);
      if (paravirtual) {
        values.set(USER_CR3, context.getLong(4992));
      }
    }
  },

  /** Of a paravirtual guest of 32 bits on x86. */
  X86_32(Architecture.X86, 2800) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .ints(516, RBX, RCX, RDX, RSI, RDI, RBP, RAX)
          .ints(548, RIP)
          .shorts(552, 4, CS)
          .ints(556, RFLAGS, RSP)
          .shorts(564, 4, SS, ES, DS, FS, GS)
          .ints(2716, CR0)
          .ints(2724, CR2)
          .ints(2732, CR4)
          .ints(2748, DR0, DR1, DR2, DR3)
          .ints(2772, DR6, DR7);
    }

    /** Xen rotates CR3, so that frames above 4 GiB fit in ({@code xen_cr3_to_pfn}). */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, RegisterValues values) {
      int rotated = context.getInt(2728);
      values.set(CR3, (Integer.rotateRight(rotated, 12) & 0xffff_ffffL) << 12);
    }
  },

  /** Of a guest on AArch64, whose kernel runs in 64-bit mode. */
  AARCH64(Architecture.AARCH64, 352) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .longs(8, general(Arm64.X0, 31))
          .longs(256, Arm64.PC, Arm64.PSTATE, Arm64.SPSR_EL1)
          .longs(296, Arm64.SP_EL0, Arm64.SP_EL1, Arm64.ELR_EL1)
          .longs(320, Arm64.SCTLR_EL1, Arm64.TCR_EL1, Arm64.TTBR0_EL1, Arm64.TTBR1_EL1);
    }

    /** The stack pointer in use: PSTATE.EL and PSTATE.SP (Arm ARM, D1.3 and C5.2). */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, RegisterValues values) {
      boolean ofLevel1 = (values.get(Arm64.PSTATE) & 0xf) == EL1H;
      values.set(Arm64.SP, values.get(ofLevel1 ? Arm64.SP_EL1 : Arm64.SP_EL0));
    }
  },

  /** Of a guest on AArch64 whose kernel runs in 32-bit mode. */
  AARCH32(Architecture.ARM, 352) {
    @Override
    RegisterLayout layout() {
      return RegisterLayout.EMPTY
          .ints(8, Long.BYTES, general(Arm.R0, 13))
          .ints(256, Long.BYTES, Arm.PC, Arm.CPSR)
          .ints(320, Long.BYTES, Arm.SCTLR, Arm.TTBCR)
          .longs(336, Arm.TTBR0, Arm.TTBR1);
    }

    /** Each mode has a stack pointer and a link register of its own (Arm ARM, G1.9). */
    @Override
    void complete(ByteBuffer context, boolean paravirtual, RegisterValues values) {
      int mode = (int) values.get(Arm.CPSR) & 0x1f;
      switch (mode) {
        case 0x11 -> banked(context, values, 240, 248);
        case 0x12 -> banked(context, values, 144, 136);
        case 0x13 -> banked(context, values, 160, 152);
        case 0x17 -> banked(context, values, 176, 168);
        case 0x1b -> banked(context, values, 192, 184);
        default -> banked(context, values, 112, 120);
      }
    }

    private void banked(ByteBuffer context, RegisterValues values, int stack, int link) {
      values.set(Arm.SP, context.getInt(stack) & 0xffff_ffffL);
      values.set(Arm.LR, context.getInt(link) & 0xffff_ffffL);
    }
  };

  private static final int FLAGS = 512;
  private static final int IN_KERNEL = 1 << 2;
  private static final int PRIVILEGE = 3;
  private static final int EL1H = 5;

  private final Architecture architecture;
  private final int size;

  // It does not change.
  @SuppressWarnings("ImmutableEnumChecker")
  private final RegisterLayout layout;

  XenGuestContext(Architecture architecture, int size) {
    this.architecture = architecture;
    this.size = size;
    this.layout = layout();
  }

  /** Registers that are declared one after the other, and lie so in the record. */
  private static Register[] general(Register first, int count) {
    Architecture owner = first instanceof Arm ? Architecture.ARM : Architecture.AARCH64;
    return IntStream.range(first.index(), first.index() + count)
        .mapToObj(Register.of(owner)::get)
        .toArray(Register[]::new);
  }

  /** The size of the record in bytes. */
  public int size() {
    return size;
  }

  abstract RegisterLayout layout();

  abstract void complete(ByteBuffer context, boolean paravirtual, RegisterValues values);

  /**
   * Reads the registers out of a record. Of a paravirtual guest, addresses in control registers are
   * those of the machine.
   *
   * @param record the record, from index 0
   * @param paravirtual whether the guest is paravirtual, which decides what some fields mean
   * @throws VmiException if the record is shorter than {@link #size}
   */
  public RegisterValues read(ByteBuffer record, boolean paravirtual) {
    if (record.limit() < size) {
      throw new VmiException(
          "a processor's record of "
              + record.limit()
              + " bytes, where Xen's has "
              + size
              + "; it is damaged, or of another architecture");
    }
    ByteBuffer context = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    RegisterValues values = new RegisterValues(architecture);
    layout.read(context, values);
    complete(context, paravirtual, values);
    return values;
  }

  /**
   * Writes registers into a record. Those that the record does not hold as such, as CR3 of a 32-bit
   * guest, the stack pointer in use on Arm and the bases of GS, cannot be set.
   *
   * @param record the record, from index 0, with {@link #size} bytes
   * @throws IllegalArgumentException if a register cannot be set; nothing is changed then
   */
  public void write(ByteBuffer record, RegisterValues values) {
    layout.check(values);
    layout.write(record, values);
  }
}
