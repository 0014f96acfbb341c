package org.vmi4j.xen;

import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.lifecycle.Teardown.Stage;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.xen.cpu.GuestArchitecture;
import org.vmi4j.xen.domain.DeathWatch;
import org.vmi4j.xen.domain.Domains;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.domain.XenJournal;
import org.vmi4j.xen.event.XenEventSource;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.memory.ContiguousWindows;
import org.vmi4j.xen.memory.ForeignMemory;
import org.vmi4j.xen.memory.ParavirtualWindows;
import org.vmi4j.xen.memory.PresentWindows;
import org.vmi4j.xen.memory.SampledWindows;
import org.vmi4j.xen.memory.WindowBudget;
import org.vmi4j.xen.memory.XenFrames;

/** A domain as a machine. */
final class XenVm implements Vm {
  private final String uri;
  private final XenDomain domain;
  private final Architecture architecture;
  private final Teardown teardown;
  private final PhysicalMemory memory;
  private final Map<Class<? extends Capability>, Capability> capabilities;

  private XenVm(
      String uri,
      XenDomain domain,
      Architecture architecture,
      Teardown teardown,
      ForeignMemory foreign,
      XenFrames frames,
      Libraries libraries,
      XenJournal journal) {
    this.uri = uri;
    this.domain = domain;
    this.teardown = teardown;
    this.architecture = architecture;
    this.memory = new PhysicalMemory(frames, architecture.pointerSize());
    teardown.own(memory::close);
    this.capabilities =
        XenCapabilities.of(domain, foreign, libraries, architecture, teardown, journal);
    // Closed before the memory that it revokes.
    teardown.own(new DeathWatch(domain, libraries, () -> end(frames))::close);
  }

  /** Revokes memory, and ends the wait for events. */
  private void end(XenFrames frames) {
    try {
      frames.lose();
    } finally {
      ((XenEventSource) capabilities.get(EventSource.class)).wakeUp();
    }
  }

  /** Opens a domain of a hypervisor, which it owns from then on, even if this fails. */
  static XenVm open(
      String uri,
      Hypervisor hypervisor,
      Domains.Named found,
      XenHost host,
      Libraries libraries,
      WindowBudget windows) {
    XenDomain domain = new XenDomain(hypervisor, found.info(), found.name());
    Teardown teardown = new Teardown("the domain " + domain, Stage.GUESTS);
    teardown.own(hypervisor::close);
    XenJournal journal = new XenJournal(uri, domain, host);
    teardown.own(journal::close);
    try {
      if (found.info().isDying()) {
        throw new VmGoneException("the domain " + domain + " is dying; there is nothing to open");
      }
      ForeignMemory memory = ForeignMemory.open(domain, libraries, windows.total());
      teardown.own(memory::close);
      long frames = frames(domain);
      PresentWindows present = new SampledWindows(memory, frames, found.info().memory());
      Optional<ContiguousWindows> contiguous = Optional.empty();
      Architecture architecture = GuestArchitecture.of(domain, Hypervisor.hostArchitecture());
      if (found.info().isParavirtual()) {
        if (architecture == Architecture.X86_64) {
          present = new ParavirtualWindows(domain, memory, frames, present);
        }
      } else {
        contiguous =
            ContiguousWindows.of(
                memory, firstAddress(), frames * ForeignMemory.PAGE, windows.contiguous());
      }
      XenFrames source = new XenFrames(domain, memory, present, contiguous, frames, windows.kept());
      return new XenVm(uri, domain, architecture, teardown, memory, source, libraries, journal);
    } catch (RuntimeException | Error e) {
      teardown.closeAfter(e);
      throw e;
    }
  }

  /** Where a guest's memory begins: on Arm GUEST_RAM0_BASE of Xen's public/arch-arm.h. */
  private static long firstAddress() {
    return Hypervisor.hostArchitecture() == Architecture.AARCH64 ? 1L << 30 : 0;
  }

  private static long frames(XenDomain domain) {
    if (domain.info().isParavirtual()) {
      return domain.hypervisor().lastMachineFrame() + 1;
    }
    long last = domain.hypervisor().lastFrame(domain.id());
    if (last < 0) {
      throw domain.failure("cannot determine the size of the memory", last);
    }
    if (last >= 1L << 40) {
      throw new VmiException(
          "the domain "
              + domain
              + " reports a last frame 0x"
              + Long.toHexString(last)
              + ", which no processor can address");
    }
    return last + 1;
  }

  @Override
  public String name() {
    return domain.name().orElse(String.valueOf(domain.id()));
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String description() {
    Architecture host = Hypervisor.hostArchitecture();
    return domain.info().type(host)
        + " domain "
        + domain.id()
        + " of Xen "
        + domain.hypervisor().release();
  }

  @Override
  public boolean isLive() {
    return true;
  }

  @Override
  public Optional<Architecture> architecture() {
    return Optional.of(architecture);
  }

  @Override
  public PhysicalMemory physicalMemory() {
    return memory;
  }

  @Override
  public Teardown teardown() {
    return teardown;
  }

  @Override
  public <C extends Capability> Optional<C> find(Class<C> type) {
    return Optional.ofNullable(capabilities.get(type)).map(type::cast);
  }

  /**
   * Undoes changes of the guest, then releases resources in reverse order, whatever fails
   * meanwhile.
   */
  @Override
  public void close() {
    teardown.close();
  }
}
