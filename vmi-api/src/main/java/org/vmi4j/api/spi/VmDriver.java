package org.vmi4j.api.spi;

import org.vmi4j.api.Vm;
import org.vmi4j.api.VmUri;

/**
 * Opens the virtual machines of one URI scheme. A driver is found by {@link
 * java.util.ServiceLoader} and is stateless; what it opens carries all state.
 */
public interface VmDriver {

  /** The scheme that this driver answers to, in lower case and without the colon. */
  String scheme();

  /** One line for people: what the scheme opens, with an example. */
  String help();

  /**
   * Opens a machine.
   *
   * @param uri the whole URI, whose scheme is this driver's
   * @throws org.vmi4j.api.VmiException if it cannot be opened; the message says why and what to do
   */
  Vm open(VmUri uri);
}
