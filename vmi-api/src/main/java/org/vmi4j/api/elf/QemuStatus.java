package org.vmi4j.api.elf;

import static org.vmi4j.api.cpu.X86.*;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The note "QEMU" of an x86 processor: {@code QEMUCPUState}, version 1, as target/i386/arch_dump.c
 * of QEMU lays it out. It has control registers, segments and descriptor tables.
 */
final class QemuStatus {
  private static final String NAME = "QEMU";
  private static final int TYPE = 0;
  private static final int VERSION = 1;

  /** {@code QEMUCPUSegment}: selector, limit, flags, padding, and the base as a long. */
  private static final int SEGMENT = 24;

  private static final int SEGMENTS = 152;
  private static final int LIMITS = SEGMENTS + 4;
  private static final int BASES = SEGMENTS + 16;

  /** Of the last two, the descriptor tables, there is no selector. */
  private static final RegisterLayout LAYOUT =
      RegisterLayout.EMPTY
          .longs(8, RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15)
          .longs(136, RIP, RFLAGS)
          .ints(SEGMENTS, SEGMENT, CS, DS, ES, FS, GS, SS, LDTR, TR)
          .ints(LIMITS, SEGMENT, CS_LIMIT, DS_LIMIT, ES_LIMIT, FS_LIMIT, GS_LIMIT, SS_LIMIT)
          .ints(LIMITS + 6 * SEGMENT, SEGMENT, LDTR_LIMIT, TR_LIMIT, GDTR_LIMIT, IDTR_LIMIT)
          .longs(BASES, SEGMENT, CS_BASE, DS_BASE, ES_BASE, FS_BASE, GS_BASE, SS_BASE)
          .longs(BASES + 6 * SEGMENT, SEGMENT, LDTR_BASE, TR_BASE, GDTR_BASE, IDTR_BASE)
          .longs(392, CR0)
          .longs(408, CR2, CR3, CR4)
          .longs(432, KERNEL_GS_BASE);

  private static final int SIZE = 440;

  /** Before QEMU 3.0 the note ended before the kernel's base of GS. */
  private static final int SIZE_BEFORE_3_0 = 432;

  private static final RegisterLayout LAYOUT_BEFORE_3_0 = LAYOUT.within(SIZE_BEFORE_3_0);

  private QemuStatus() {}

  static boolean isOf(Architecture architecture) {
    return architecture == Architecture.X86 || architecture == Architecture.X86_64;
  }

  static ElfNote note(RegisterValues values) {
    ByteBuffer state = ElfNote.content(SIZE).putInt(0, VERSION).putInt(4, SIZE);
    LAYOUT.write(state, values);
    return new ElfNote(NAME, TYPE, state);
  }

  static Optional<RegisterValues> read(ElfNote note, Architecture architecture) {
    int size = note.content().limit();
    if (!isOf(architecture) || !note.name().equals(NAME) || size < SIZE_BEFORE_3_0) {
      return Optional.empty();
    }
    RegisterValues values = new RegisterValues(architecture);
    (size < SIZE ? LAYOUT_BEFORE_3_0 : LAYOUT).read(note.content(), values);
    return Optional.of(values);
  }
}
