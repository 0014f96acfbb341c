package org.vmi4j.xen.cpu;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.cpu.XenGuestContext;
import org.vmi4j.xen.domain.DomainInfo;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCtrl;

/**
 * The processors of a domain. On x86 those of a guest with hardware virtualization come from the
 * record in which Xen saves them, which has every register; those of a paravirtual guest, and all
 * on Arm, from the guest context.
 */
public final class XenVcpus implements Vcpus, WritableVcpus {
  private static final int NARROW = 4;
  private static final long MAX_STATE = 64 << 20;

  private final XenDomain domain;
  private final Architecture architecture;
  private final Pausing pausing;

  /**
   * @param architecture that of the host, and so of the domain
   * @param pausing stops the domain while registers are set
   */
  public XenVcpus(XenDomain domain, Architecture architecture, Pausing pausing) {
    this.domain = domain;
    this.architecture = architecture;
    this.pausing = pausing;
  }

  /** The domain as it is now: processors come and go. */
  private DomainInfo now() {
    if (domain.isGone()) {
      domain.requireAlive();
    }
    return domain.hypervisor().domain(domain.id()).orElse(domain.info());
  }

  @Override
  public int count() {
    return now().allVcpus();
  }

  @Override
  public Vcpu vcpu(int index) {
    Objects.checkIndex(index, count());
    return new Processor(index);
  }

  @Override
  public List<Vcpu> all() {
    return IntStream.range(0, count()).<Vcpu>mapToObj(Processor::new).toList();
  }

  private final class Processor implements Vcpu {
    private final int index;

    Processor(int index) {
      this.index = index;
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public RegisterValues registers() {
      domain.requireAlive();
      return readRegisters(domain.info(), index).orElseGet(() -> new RegisterValues(architecture));
    }
  }

  private Optional<RegisterValues> readRegisters(DomainInfo info, int vcpu) {
    String what = "read the registers of processor " + vcpu;
    if (isSaved(info)) {
      byte[] record = new byte[HvmContext.SIZE];
      return isThere(
              what,
              h ->
                  LibXenCtrl.xc_domain_hvm_getcontext_partial(
                      h, info.id(), HvmContext.CPU, (short) vcpu, record, record.length))
          ? Optional.of(HvmContext.read(ByteBuffer.wrap(record)))
          : Optional.empty();
    }
    byte[] context = room();
    return isThere(what, h -> LibXenCtrl.xc_vcpu_getcontext(h, info.id(), vcpu, context))
        ? Optional.of(layout(info).read(ByteBuffer.wrap(context), info.isParavirtual()))
        : Optional.empty();
  }

  /** A guest takes processors down as it likes: then they have no record, or no context yet. */
  private boolean isThere(String what, LongUnaryOperator call) {
    long result = Errno.retry(() -> domain.hypervisor().handle().use(call));
    boolean down = result == -Errno.ENOENT || result == -Errno.ENODATA;
    if (result < 0 && !down) {
      throw domain.failure("cannot " + what, result);
    }
    return !down;
  }

  @Override
  public void write(int vcpu, RegisterValues values) {
    DomainInfo info = now();
    Objects.checkIndex(vcpu, info.allVcpus());
    pausing.whilePaused(() -> change(info, vcpu, values));
  }

  /** Answers what the library does, which is nothing of interest. */
  private long change(DomainInfo info, int vcpu, RegisterValues values) {
    String what = "set the registers of processor " + vcpu;
    if (isSaved(info)) {
      byte[] before = saveAll(info);
      byte[] after = HvmContext.change(before, vcpu, values);
      try {
        return load(what, info, after);
      } catch (VmiException refused) {
        startAgain(
            info, HvmContext.change(before, vcpu, new RegisterValues(architecture)), refused);
        throw refused;
      }
    }
    byte[] context = room();
    check(
        "read the registers of processor " + vcpu,
        h -> LibXenCtrl.xc_vcpu_getcontext(h, info.id(), vcpu, context));
    layout(info).write(ByteBuffer.wrap(context), values);
    return check(what, h -> LibXenCtrl.xc_vcpu_setcontext(h, info.id(), vcpu, context));
  }

  private long load(String what, DomainInfo info, byte[] state) {
    return check(what, h -> LibXenCtrl.xc_domain_hvm_setcontext(h, info.id(), state, state.length));
  }

  /** Xen has stopped all processors by the time that it refuses a value. */
  private void startAgain(DomainInfo info, byte[] before, VmiException refused) {
    try {
      load("start the processors again", info, before);
    } catch (VmiException e) {
      refused.addSuppressed(e);
    }
  }

  private boolean isSaved(DomainInfo info) {
    return architecture == Architecture.X86_64 && !info.isParavirtual();
  }

  private XenGuestContext layout(DomainInfo info) {
    if (architecture == Architecture.AARCH64) {
      return XenGuestContext.AARCH64;
    }
    int[] width = new int[1];
    check(
        "tell the width of the guest",
        h -> LibXenCtrl.xc_domain_get_guest_width(h, info.id(), width));
    return width[0] == NARROW ? XenGuestContext.X86_32 : XenGuestContext.X86_64;
  }

  private byte[] saveAll(DomainInfo info) {
    long size =
        check(
            "tell the size of the domain's state",
            h -> LibXenCtrl.xc_domain_hvm_getcontext(h, info.id(), null, 0));
    if (size > MAX_STATE) {
      throw new VmiException(
          "the state of the domain " + domain + " would have " + size + " bytes");
    }
    byte[] state = new byte[(int) size];
    check(
        "save the domain's state",
        h -> LibXenCtrl.xc_domain_hvm_getcontext(h, info.id(), state, state.length));
    return state;
  }

  /** The library writes as much as the union of its contexts has, whatever the guest's is. */
  private static byte[] room() {
    return new byte[XenGuestContext.X86_64.size()];
  }

  private long check(String what, LongUnaryOperator call) {
    long result = Errno.retry(() -> domain.hypervisor().handle().use(call));
    if (result < 0) {
      throw domain.failure("cannot " + what, result);
    }
    return result;
  }
}
