package org.vmi4j.api.spi;

import java.util.List;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;

/**
 * Opens the virtual machines of one URI scheme. A driver is found by {@link
 * java.util.ServiceLoader} and is stateless; what it opens carries all state.
 */
public interface VmDriver {

  /** The scheme of this driver, in lower case and without the colon. */
  String scheme();

  /**
   * Checks this host for everything that the driver requires. Changes nothing; a missing
   * requirement is a result, not an exception.
   */
  default List<Check> checks() {
    return List.of();
  }

  /** One line for people: what the scheme opens, with an example. */
  String help();

  /**
   * Opens a machine.
   *
   * @param uri the whole URI, whose scheme is this driver's
   * @throws VmiException if it cannot be opened; the message says why and what to do
   * @throws java.util.concurrent.CancellationException if the thread was interrupted meanwhile
   */
  Vm open(VmUri uri);

  /**
   * Lists the machines that can be opened.
   *
   * @param uri what to list, whose scheme is this driver's; with nothing behind the colon all
   * @return the machines in the order of their ids
   * @throws VmiException if this driver cannot list machines, or listing fails
   */
  default List<VmInfo> list(VmUri uri) {
    throw new VmiException(
        scheme() + ": has no machines to list: it opens " + help(), Remedy.RUNNING_MACHINE);
  }
}
