package org.vmi4j.xenabi.event;

import static org.vmi4j.api.cpu.X86.*;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.xenabi.XenRelease;

/**
 * Where the fields of a request and of a response lie: {@code vm_event_request_t} of {@code
 * public/vm_event.h}. The header is the same in all versions of the interface; the fields of
 * debugging and the registers are not.
 */
public final class VmEventLayout {
  /** The last version known. */
  public static final int NEWEST = 7;

  /** Where the registers begin: the field {@code data}. */
  static final int DATA = 56;

  /** Of the register blocks of x86, by version. */
  private static final int[] SIZES = {0, 256, 256, 256, 320, 328, 328, 344};

  private static final Register[] GENERAL = {
    RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, RFLAGS
  };
  private static final Register[] CONTROL = {
    DR7, RIP, CR0, CR2, CR3, CR4, SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP, EFER, STAR, LSTAR
  };
  private static final int NARROW_GENERAL = 8;

  private final int version;
  private final boolean wideStatus;

  private VmEventLayout(int version, boolean wideStatus) {
    this.version = version;
    this.wideStatus = wideStatus;
  }

  /** Returns the layout that a release of Xen uses. */
  public static VmEventLayout of(XenRelease release) {
    // CPSR of Arm became wider in 4.16, within version 7.
    return new VmEventLayout(versionOf(release), release.isAtLeast(4, 16));
  }

  /**
   * Returns the layout of a version of the interface, with the CPSR of Arm as wide as in its newest
   * release.
   *
   * @throws VmiException if there is no such version
   */
  public static VmEventLayout ofVersion(int version) {
    if (version < 1 || version > NEWEST) {
      throw new VmiException(
          "the hypervisor's interface for events has the version "
              + version
              + "; those from 1 to "
              + NEWEST
              + " are supported");
    }
    return new VmEventLayout(version, version == NEWEST);
  }

  private static int versionOf(XenRelease release) {
    if (release.isAtLeast(4, 15)) {
      return 7;
    }
    if (release.isAtLeast(4, 11)) {
      return release.minor() - 8;
    }
    return release.isAtLeast(4, 8) ? 2 : 1;
  }

  /** The version of the interface, {@code VM_EVENT_INTERFACE_VERSION}. */
  public int version() {
    return version;
  }

  /** The size of a request and of a response in bytes, which is that of a slot of the ring. */
  public int size() {
    return DATA + SIZES[version];
  }

  /** Whether the length and the type of an instruction are in a software breakpoint. */
  boolean hasInstructionLength() {
    return version >= 2;
  }

  /** Whether the value of an MSR before its write is in the event. */
  boolean hasOldMsr() {
    return version >= 3;
  }

  /** Whether the causes of a debug exception are in the event. */
  boolean hasPendingDebug() {
    return version >= 6;
  }

  /** Whether the packed selectors of segments are in the event, with their limits. */
  boolean hasPackedSelectors() {
    return version >= 4;
  }

  /** Where the packed selectors begin, in the order CS, SS, DS, ES, FS, GS. */
  int packedSelectors() {
    return segments() + 32;
  }

  /** Where the bases of the segments begin, from version 4 on. */
  private int segments() {
    return DATA + (version >= 7 ? 264 : version >= 5 ? 248 : 240);
  }

  /** The registers that an event of a guest carries, save the limits of segments. */
  public RegisterLayout registers(Architecture architecture) {
    return switch (architecture) {
      case X86_64 -> x86(GENERAL.length - 1);
      case X86 -> x86(NARROW_GENERAL);
      case AARCH64 -> arm64();
      case ARM -> arm();
    };
  }

  /** The registers that a response can set. */
  public RegisterLayout settable(Architecture architecture) {
    int rip = DATA + 17 * Long.BYTES + (version >= 4 ? 2 : 1) * Long.BYTES;
    return switch (architecture) {
      case X86_64 -> general(GENERAL.length - 1).longs(rip, RIP);
      case X86 -> general(NARROW_GENERAL).longs(rip, RIP);
      case AARCH64 -> RegisterLayout.EMPTY.longs(DATA + 24, Arm64.PC);
      case ARM -> RegisterLayout.EMPTY.longs(DATA + 24, Arm.PC);
    };
  }

  private static RegisterLayout general(int count) {
    RegisterLayout layout = RegisterLayout.EMPTY;
    for (int i = 0; i < count; i++) {
      layout = layout.longs(DATA + i * Long.BYTES, GENERAL[i]);
    }
    return layout.longs(DATA + 16 * Long.BYTES, RFLAGS);
  }

  private RegisterLayout x86(int generalRegisters) {
    int next = DATA + 17 * Long.BYTES;
    RegisterLayout layout = general(generalRegisters);
    if (version < 4) {
      return layout.longs(next, CONTROL).longs(next + 12 * Long.BYTES, FS_BASE, GS_BASE);
    }
    layout = layout.longs(next, X86.DR6).longs(next + Long.BYTES, CONTROL);
    int segments = segments();
    layout =
        layout
            .ints(segments, CS_BASE, SS_BASE, DS_BASE, ES_BASE)
            .longs(segments + 16, FS_BASE, GS_BASE)
            .longs(segments + 56, KERNEL_GS_BASE);
    if (version == 4) {
      return layout.shorts(segments + 64, Short.BYTES, CS, SS, DS, ES, FS, GS);
    }
    return layout
        .longs(next + 13 * Long.BYTES, GDTR_BASE)
        .shorts(segments + 64, Short.BYTES, GDTR_LIMIT, CS, SS, DS, ES, FS, GS);
  }

  private RegisterLayout arm64() {
    RegisterLayout layout =
        RegisterLayout.EMPTY.longs(DATA, Arm64.TTBR0_EL1, Arm64.TTBR1_EL1, Arm64.TCR_EL1, Arm64.PC);
    return wideStatus
        ? layout.longs(DATA + 32, Arm64.PSTATE)
        : layout.ints(DATA + 32, Arm64.PSTATE);
  }

  private static RegisterLayout arm() {
    return RegisterLayout.EMPTY
        .longs(DATA, Arm.TTBR0, Arm.TTBR1)
        .ints(DATA + 16, Long.BYTES, Arm.TTBCR, Arm.PC, Arm.CPSR);
  }
}
