package org.vmi4j.xen.cpu;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xenabi.HvmContext;
import org.vmi4j.xenabi.XenGuestContext;

/** The records in which Xen returns the processors of a domain. */
final class ProcessorRecords {
  private final XenDomain domain;

  ProcessorRecords(XenDomain domain) {
    this.domain = domain;
  }

  /**
   * Returns the record in which Xen saves a processor of an x86 guest with hardware virtualization
   * ({@link HvmContext}), or nothing if the processor is down.
   */
  Optional<ByteBuffer> saved(int vcpu) {
    byte[] record = new byte[HvmContext.SIZE];
    return isThere(
            vcpu,
            h ->
                LibXenCtrl.xc_domain_hvm_getcontext_partial(
                    h, domain.id(), HvmContext.CPU, (short) vcpu, record, record.length))
        ? Optional.of(ByteBuffer.wrap(record))
        : Optional.empty();
  }

  /**
   * Returns the guest context of a processor ({@link XenGuestContext}), or nothing if the processor
   * is down. The library fills in as much as the union of its contexts has, whatever the guest's
   * is.
   */
  Optional<ByteBuffer> context(int vcpu) {
    byte[] context = new byte[XenGuestContext.X86_64.size()];
    return isThere(vcpu, h -> LibXenCtrl.xc_vcpu_getcontext(h, domain.id(), vcpu, context))
        ? Optional.of(ByteBuffer.wrap(context))
        : Optional.empty();
  }

  /** A guest takes processors down as it likes: then they have no record, or no context yet. */
  private boolean isThere(int vcpu, LongUnaryOperator call) {
    long result = Errno.retry(() -> domain.hypervisor().handle().use(call));
    boolean down = result == -Errno.ENOENT || result == -Errno.ENODATA;
    if (result < 0 && !down) {
      throw domain.failure("cannot read the registers of processor " + vcpu, result);
    }
    return !down;
  }

  /** Returns the bytes in a word of a paravirtual guest on x86, 4 or 8. */
  int width() {
    int[] width = new int[1];
    long result =
        Errno.retry(
            () ->
                domain
                    .hypervisor()
                    .handle()
                    .use(h -> LibXenCtrl.xc_domain_get_guest_width(h, domain.id(), width)));
    if (result < 0) {
      throw domain.failure("cannot determine the width of the guest", result);
    }
    return width[0];
  }
}
