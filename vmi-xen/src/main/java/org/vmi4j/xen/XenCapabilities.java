package org.vmi4j.xen;

import java.util.HashMap;
import java.util.Map;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.xen.cpu.XenPausing;
import org.vmi4j.xen.cpu.XenVcpus;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.event.XenEventRecovery;
import org.vmi4j.xen.event.XenEventSource;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.memory.ForeignMemory;

/** What can be done with a domain besides reading and writing its memory. */
final class XenCapabilities {

  private XenCapabilities() {}

  /**
   * Returns the capabilities of a domain by their types.
   *
   * @param teardown undoes their changes of the guest
   * @param journal records them
   */
  static Map<Class<? extends Capability>, Capability> of(
      XenDomain domain,
      ForeignMemory memory,
      Libraries libraries,
      Architecture architecture,
      Teardown teardown,
      Journal journal) {
    Map<Class<? extends Capability>, Capability> all = new HashMap<>();
    XenPausing pausing = new XenPausing(domain, teardown, journal);
    XenVcpus vcpus = new XenVcpus(domain, architecture, pausing);
    all.put(Journal.class, journal);
    all.put(Pausing.class, pausing);
    all.put(Vcpus.class, vcpus);
    all.put(WritableVcpus.class, vcpus);
    XenEventSource events =
        new XenEventSource(domain, memory, libraries, architecture, vcpus, teardown, journal);
    all.put(EventSource.class, events);
    if (!domain.info().isParavirtual()) {
      all.put(EventRecovery.class, new XenEventRecovery(domain, libraries, events));
      all.put(FrameRights.class, events.rights());
      all.put(GuestFrames.class, events.frames());
      if (Hypervisor.hostArchitecture() == Architecture.X86_64) {
        all.put(Views.class, events.views());
      }
    }
    return Map.copyOf(all);
  }
}
