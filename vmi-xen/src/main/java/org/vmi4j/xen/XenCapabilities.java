package org.vmi4j.xen;

import java.util.Map;
import org.vmi4j.api.Capability;

/** What can be done with a domain besides reading and writing its memory. */
final class XenCapabilities {

  private XenCapabilities() {}

  /** The capabilities of a domain by their types; those that can be closed are, with the domain. */
  @SuppressWarnings("UnusedVariable")
  static Map<Class<? extends Capability>, Capability> of(XenDomain domain) {
    return Map.of();
  }
}
