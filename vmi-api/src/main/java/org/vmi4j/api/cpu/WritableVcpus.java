package org.vmi4j.api.cpu;

import java.util.Map;
import org.vmi4j.api.Capability;

/** The capability to change the registers of a machine's virtual processors. */
public interface WritableVcpus extends Capability {

  /**
   * Sets registers of one processor. The machine is paused meanwhile, and the registers that are
   * not named keep their values.
   *
   * @param vcpu which processor, counted from 0
   * @param values the new values by the names that {@link Vcpus#registers} uses
   * @throws org.vmi4j.api.VmiException if there is no such processor, or a register has no such
   *     name or cannot be set on its own; nothing is changed then
   */
  void write(int vcpu, Map<String, Long> values);
}
