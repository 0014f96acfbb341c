package org.vmi4j.xen.cpu;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.IntStream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xenabi.HvmContext;
import org.vmi4j.xenabi.XenGuestContext;

/**
 * The architecture of a guest. A host of 64 bits runs guests of 32 bits too. Xen reports the width
 * of a paravirtual guest on x86 (XEN_DOMCTL_get_address_size) and of no other, so that their
 * processors are examined for the mode that their kernel runs in.
 */
public final class GuestArchitecture {
  private static final int NARROW = 4;

  /** EFER.LMA: the processor is in long mode (Intel SDM, volume 3A, section 2.2.1). */
  private static final long LONG_MODE = 1L << 10;

  /** CR0.PG: paging is on (Intel SDM, volume 3A, section 2.5). */
  private static final long PAGING = 1L << 31;

  /** The mode in a saved PSTATE; bit 4 is set in AArch32 (Arm ARM, C5.2.18, SPSR_EL1.M). */
  private static final long MODE = 0x1f;

  private static final long AARCH32 = 0x10;
  private static final long AARCH32_USER = 0x10;

  private GuestArchitecture() {}

  /**
   * Returns the architecture that a domain's kernel runs in now; that of the host if no processor
   * shows it, because all are down or have not begun, or a policy forbids to read their registers.
   */
  public static Architecture of(XenDomain domain, Architecture host) {
    try {
      ProcessorRecords records = new ProcessorRecords(domain);
      if (host == Architecture.AARCH64) {
        return arm(domain, records).orElse(host);
      }
      if (domain.info().isParavirtual()) {
        return records.width() == NARROW ? Architecture.X86 : host;
      }
      return x86(domain, records);
    } catch (VmGoneException e) {
      throw e;
    } catch (VmiException registersAreForbidden) {
      return host;
    }
  }

  /** One processor in long mode is enough: the others may not have been started by the kernel. */
  private static Architecture x86(XenDomain domain, ProcessorRecords records) {
    boolean narrow = false;
    for (int vcpu = 0; vcpu < domain.info().allVcpus(); vcpu++) {
      Optional<RegisterValues> values =
          records.saved(vcpu).map(record -> HvmContext.read(record, Architecture.X86_64));
      if (values.isPresent() && (values.get().get(X86.EFER) & LONG_MODE) != 0) {
        return Architecture.X86_64;
      }
      narrow |= values.isPresent() && (values.get().get(X86.CR0) & PAGING) != 0;
    }
    return narrow ? Architecture.X86 : Architecture.X86_64;
  }

  private static Optional<Architecture> arm(XenDomain domain, ProcessorRecords records) {
    return IntStream.range(0, domain.info().allVcpus())
        .mapToObj(records::context)
        .flatMap(Optional::stream)
        .map(GuestArchitecture::arm)
        .findFirst();
  }

  private static Architecture arm(ByteBuffer context) {
    RegisterValues values = XenGuestContext.AARCH64.read(context, false);
    long mode = values.get(Arm64.PSTATE) & MODE;
    boolean narrow =
        (mode & AARCH32) != 0
            && (mode != AARCH32_USER || isNarrowControl(values.get(Arm64.TCR_EL1)));
    return narrow ? Architecture.ARM : Architecture.AARCH64;
  }

  /**
   * A program of 32 bits runs under a kernel of either width: then the translation control register
   * decides, whose formats share no value that a kernel sets. TCR_EL1 of AArch64 has a T0SZ of 12
   * or more in its bits 5:0, and TG1 in bits 31:30, which is never 0 (Arm ARM, D19.2). TTBCR of
   * AArch32 has no bits above 5 in its short format, where bit 31 is 0, and a T0SZ of at most 7 in
   * its long one, where bit 31 is 1 (Arm ARM, G8.2).
   */
  private static boolean isNarrowControl(long control) {
    boolean longFormat = (control & 1L << 31) != 0;
    return longFormat ? (control & 0x38) == 0 : control >>> 6 == 0;
  }
}
