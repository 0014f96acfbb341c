package org.vmi4j.os.linux.arch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.spi.Window;
import org.vmi4j.testkit.MockMemory;

/** Code is what Debian's compiler made, with the addresses that binutils' objdump tells. */
class A64LoadsTest {
  private static final int FUNCTION = 0x8_1320;
  private static final int ADRP_X0 = 0xb000_c600;
  private static final int LDR_X0_X0_3920 = 0xf947_a800;
  private static final int RET = 0xd65f_03c0;

  private final MockMemory memory = new MockMemory(Window.SIZE);

  private long[] loads(int... code) {
    for (int i = 0; i < code.length; i++) {
      memory.putInt(FUNCTION + Integer.BYTES * i, code[i]);
    }
    return A64Loads.in(memory.open(), FUNCTION, code.length).toArray();
  }

  /** paddr_vmcoreinfo_note of Linux 6.1. */
  @Test
  void variablesAreTakenOutOfTheKernelsCode() {
    assertThat(
            loads(
                0xaa1e_03e9, // mov x9, x30
                0xd503_201f, // nop
                ADRP_X0,
                0xd2e0_0021, // mov x1, #0x1000000000000
                0xb240_bbe2, // mov x2, #0x7fffffffffff
                0xd503_233f, // paciasp
                LDR_X0_X0_3920,
                0x8b01_0003, // add x3, x0, x1
                0xeb02_007f, // cmp x3, x2
                0x5400_00e8, // b.hi
                0xf000_6ba2, // adrp x2
                0xd503_23bf, // autiasp
                0xf947_d842, // ldr x2, [x2, #4016]
                RET))
        .containsExactly(0x194_2000 + 3920, 0xdf_8000 + 4016);
  }

  @Test
  void pagesBeforeTheCodeAreCountedDown() {
    assertThat(loads(0xf0ff_ffe0, LDR_X0_X0_3920)).containsExactly(0x8_0000 + 3920);
  }

  @Test
  void whatIsLoadedByAPointerIsNoVariable() {
    assertThat(loads(LDR_X0_X0_3920, ADRP_X0, LDR_X0_X0_3920, LDR_X0_X0_3920))
        .containsExactly(0x194_2000 + 3920);
  }

  @Test
  void theFunctionEndsWhereItReturns() {
    assertThat(loads(RET, ADRP_X0, LDR_X0_X0_3920)).isEmpty();
  }
}
