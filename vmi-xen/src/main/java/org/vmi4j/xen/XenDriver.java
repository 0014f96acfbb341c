package org.vmi4j.xen;

import java.util.List;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.VmDriver;
import org.vmi4j.xen.doctor.Doctor;
import org.vmi4j.xen.domain.Domains;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Libraries;

/**
 * Opens the domains of the Xen hypervisor that this machine is the control domain of: {@code
 * xen:web01}, by name, number or UUID. {@code xen:web01?windows=1000} bounds how many windows of 2
 * MiB are mapped at a time. Without it, as many are kept as half of the sysctl {@code
 * vm.max_map_count}.
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
    XenUri wanted = XenUri.parse(uri, host);
    Libraries libraries = new Libraries(host);
    Hypervisor hypervisor = Hypervisor.open(host, libraries);
    Domains.Named found;
    try {
      found = new Domains(hypervisor, libraries).find(wanted.domain());
    } catch (RuntimeException e) {
      hypervisor.close();
      throw e;
    }
    return XenVm.open(uri.toString(), hypervisor, found, host, libraries, wanted.windows());
  }

  @Override
  public List<VmInfo> list(VmUri uri) {
    return list(uri, XenHost.current());
  }

  static List<VmInfo> list(VmUri uri, XenHost host) {
    String wanted = XenUri.parse(uri, host).domain();
    Libraries libraries = new Libraries(host);
    try (Hypervisor hypervisor = Hypervisor.open(host, libraries)) {
      Domains domains = new Domains(hypervisor, libraries);
      return wanted.isEmpty() ? domains.machines() : domains.machines(wanted);
    }
  }
}
