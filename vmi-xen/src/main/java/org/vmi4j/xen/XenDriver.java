package org.vmi4j.xen;

import java.util.List;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.VmDriver;

/**
 * Opens the domains of the Xen hypervisor that this machine is the control domain of: {@code
 * xen:web01}, by name, number or UUID.
 */
public final class XenDriver implements VmDriver {

  /** Called by the service loader. */
  public XenDriver() {}

  @Override
  public String scheme() {
    return "xen";
  }

  @Override
  public String help() {
    return "a running domain of Xen, by name, number or UUID: xen:web01";
  }

  @Override
  public List<Check> checks() {
    return new Doctor(XenHost.current()).examine();
  }

  @Override
  public Vm open(VmUri uri) {
    XenHost host = XenHost.current();
    if (host.release().isEmpty()) {
      throw new VmiException(
          "this machine does not run under Xen: there is no /sys/hypervisor/version; run vmi in the"
              + " control domain (dom0) of a Xen host");
    }
    LibXenForeignMemory.bind(new Libraries(host));
    throw new VmiException("opening domains is not there yet");
  }
}
