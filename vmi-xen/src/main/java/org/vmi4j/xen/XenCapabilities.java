package org.vmi4j.xen;

import java.util.Map;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.xen.cpu.XenPausing;
import org.vmi4j.xen.cpu.XenVcpus;
import org.vmi4j.xen.domain.XenDomain;

/** What can be done with a domain besides reading and writing its memory. */
final class XenCapabilities {

  private XenCapabilities() {}

  /**
   * Returns the capabilities of a domain by their types.
   *
   * @param teardown undoes their changes of the guest
   */
  static Map<Class<? extends Capability>, Capability> of(
      XenDomain domain, Architecture architecture, Teardown teardown) {
    XenPausing pausing = new XenPausing(domain, teardown);
    XenVcpus vcpus = new XenVcpus(domain, architecture, pausing);
    return Map.of(Pausing.class, pausing, Vcpus.class, vcpus, WritableVcpus.class, vcpus);
  }
}
