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
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xenabi.DomainInfo;
import org.vmi4j.xenabi.HvmContext;
import org.vmi4j.xenabi.XenGuestContext;

/**
 * The processors of a domain. On x86 those of a guest with hardware virtualization come from the
 * record in which Xen saves them, which has every register; those of a paravirtual guest, and all
 * on Arm, from the guest context.
 */
public final class XenVcpus implements Vcpus, WritableVcpus {
  private static final long MAX_STATE = 64 << 20;

  private final XenDomain domain;
  private final Architecture architecture;
  private final Pausing pausing;
  private final ProcessorRecords records;

  /**
   * @param architecture that of the guest
   * @param pausing stops the domain while registers are set
   */
  public XenVcpus(XenDomain domain, Architecture architecture, Pausing pausing) {
    this.domain = domain;
    this.architecture = architecture;
    this.pausing = pausing;
    this.records = new ProcessorRecords(domain);
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
    return isSaved(info)
        ? records.saved(vcpu).map(record -> HvmContext.read(record, architecture))
        : records.context(vcpu).map(record -> layout().read(record, info.isParavirtual()));
  }

  @Override
  public void write(int vcpu, RegisterValues values) {
    DomainInfo info = now();
    Objects.checkIndex(vcpu, info.allVcpus());
    pausing.whilePaused(() -> change(info, vcpu, values));
  }

  /** Returns the library's result, which carries no information. */
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
    byte[] context =
        records
            .context(vcpu)
            .orElseThrow(
                () -> new VmiException("processor " + vcpu + " is down, and cannot be set"))
            .array();
    layout().write(ByteBuffer.wrap(context), values);
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
    return !isArm() && !info.isParavirtual();
  }

  private boolean isArm() {
    return architecture == Architecture.AARCH64 || architecture == Architecture.ARM;
  }

  private XenGuestContext layout() {
    return switch (architecture) {
      case X86 -> XenGuestContext.X86_32;
      case X86_64 -> XenGuestContext.X86_64;
      case ARM -> XenGuestContext.AARCH32;
      case AARCH64 -> XenGuestContext.AARCH64;
    };
  }

  private byte[] saveAll(DomainInfo info) {
    long size =
        check(
            "determine the size of the domain's state",
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

  private long check(String what, LongUnaryOperator call) {
    long result = Errno.retry(() -> domain.hypervisor().handle().use(call));
    if (result < 0) {
      throw domain.failure("cannot " + what, result);
    }
    return result;
  }
}
