package org.vmi4j.api.cpu;

import org.vmi4j.api.Capability;

/** The capability to change the registers of a machine's virtual processors. */
public interface WritableVcpus extends Capability {

  /**
   * Sets registers of one processor. The machine is paused meanwhile, and the registers that are
   * not among the values keep theirs.
   *
   * @param vcpu which processor, counted from 0
   * @param values the registers to set
   * @throws IndexOutOfBoundsException if there is no such processor
   * @throws IllegalArgumentException if a register cannot be set on its own, or not to this value;
   *     nothing is changed then
   * @throws org.vmi4j.api.VmiException if the hypervisor refuses; nothing is changed then
   */
  void write(int vcpu, RegisterValues values);
}
