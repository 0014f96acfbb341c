package org.vmi4j.xen;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.xen.domain.DeathWatch;
import org.vmi4j.xen.domain.Domains;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.memory.ForeignMemory;
import org.vmi4j.xen.memory.ParavirtualWindows;
import org.vmi4j.xen.memory.PresentWindows;
import org.vmi4j.xen.memory.SampledWindows;
import org.vmi4j.xen.memory.XenFrames;
import org.vmi4j.xen.memory.XenStretch;

/** A domain as a machine. */
final class XenVm implements Vm {
  private final String uri;
  private final XenDomain domain;
  private final PhysicalMemory memory;
  private final DeathWatch watch;
  private final Map<Class<? extends Capability>, Capability> capabilities;
  private final AtomicBoolean closed = new AtomicBoolean();

  private XenVm(String uri, XenDomain domain, XenFrames frames, Libraries libraries) {
    this.uri = uri;
    this.domain = domain;
    this.memory = new PhysicalMemory(frames);
    this.capabilities = XenCapabilities.of(domain, Hypervisor.architecture());
    this.watch = new DeathWatch(domain, libraries, frames::lose);
  }

  /** Opens a domain of a hypervisor, which it owns from then on, even if this fails. */
  static XenVm open(
      String uri, Hypervisor hypervisor, Domains.Named found, Libraries libraries, int windows) {
    XenDomain domain = new XenDomain(hypervisor, found.info(), found.name());
    ForeignMemory memory = null;
    try {
      if (found.info().isDying()) {
        throw new VmGoneException("the domain " + domain + " is dying; there is nothing to open");
      }
      memory = ForeignMemory.open(domain, libraries, windows + Math.max(64, windows / 4));
      long frames = frames(domain);
      PresentWindows present = new SampledWindows(memory, frames, found.info().memory());
      Optional<XenStretch> stretch = Optional.empty();
      if (found.info().isParavirtual()) {
        present = new ParavirtualWindows(domain, memory, frames, present);
      } else {
        stretch = XenStretch.of(memory, firstAddress(), frames * ForeignMemory.PAGE, windows / 2);
      }
      return new XenVm(
          uri, domain, new XenFrames(domain, memory, present, stretch, frames, windows), libraries);
    } catch (RuntimeException e) {
      if (memory != null) {
        memory.close();
      }
      hypervisor.close();
      throw e;
    }
  }

  /** Where a guest's memory begins: on Arm GUEST_RAM0_BASE of Xen's public/arch-arm.h. */
  private static long firstAddress() {
    return Hypervisor.architecture() == Architecture.AARCH64 ? 1L << 30 : 0;
  }

  private static long frames(XenDomain domain) {
    if (domain.info().isParavirtual()) {
      return domain.hypervisor().lastMachineFrame() + 1;
    }
    long last = domain.hypervisor().lastFrame(domain.id());
    if (last < 0) {
      throw domain.failure("cannot tell the size of the memory", last);
    }
    if (last >= 1L << 40) {
      throw new VmiException(
          "the domain "
              + domain
              + " is said to have a last frame 0x"
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
    Architecture host = Hypervisor.architecture();
    return domain.info().type(host)
        + " domain "
        + domain.id()
        + " of Xen "
        + domain.hypervisor().release();
  }

  @Override
  public Optional<Architecture> architecture() {
    return Optional.of(Hypervisor.architecture());
  }

  @Override
  public PhysicalMemory physicalMemory() {
    return memory;
  }

  @Override
  public <C extends Capability> Optional<C> find(Class<C> type) {
    return Optional.ofNullable(capabilities.get(type)).map(type::cast);
  }

  /** Closes everything in the opposite order of opening, whatever fails on the way. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      for (Capability capability : capabilities.values()) {
        if (capability instanceof AutoCloseable closeable) {
          closeable.close();
        }
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new VmiException("closing the domain " + domain + " failed: " + e.getMessage(), e);
    } finally {
      watch.close();
      memory.close();
      domain.hypervisor().close();
    }
  }
}
