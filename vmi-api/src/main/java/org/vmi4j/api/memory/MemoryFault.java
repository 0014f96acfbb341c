package org.vmi4j.api.memory;

import org.vmi4j.api.VmiException;

/**
 * An address that could not be read. Reports how many bytes a longer read completed before it.
 *
 * @see Memory#readAvailable
 */
public class MemoryFault extends VmiException {
  private static final long serialVersionUID = 1L;

  private final long address;
  private final int completed;

  /**
   * Creates a fault.
   *
   * @param message what is wrong with the address
   * @param address the first address that could not be read
   * @param completed how many bytes before it were read, of the read that failed
   */
  public MemoryFault(String message, long address, int completed) {
    super(message);
    this.address = address;
    this.completed = completed;
  }

  /** The first address that could not be read. */
  public final long address() {
    return address;
  }

  /** How many bytes of the failed read came before {@link #address}. */
  public final int completed() {
    return completed;
  }
}
