package org.vmi4j.api.cpu;

/** One virtual processor of a machine. */
public interface Vcpu {

  /** The number of the processor, from 0. */
  int index();

  /**
   * Reads all registers that the source records of this processor. None is known of a processor
   * that is down, if the guest has taken it offline.
   *
   * @return values that the caller owns
   * @throws org.vmi4j.api.VmiException if they cannot be read
   */
  RegisterValues registers();

  /**
   * Reads one register of this processor, and of no other.
   *
   * @throws org.vmi4j.api.VmiException if it cannot be read, or is not known
   * @throws IllegalArgumentException if it is a register of another architecture
   */
  default long read(Register register) {
    return registers().get(register);
  }
}
