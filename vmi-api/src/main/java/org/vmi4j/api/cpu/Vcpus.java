package org.vmi4j.api.cpu;

import java.util.List;
import org.vmi4j.api.Capability;

/** The capability to read the registers of a machine's virtual processors. */
public interface Vcpus extends Capability {

  /**
   * The registers of every virtual processor, in the machine's own order. Never empty. Of one that
   * is down, as a guest may take it, none may be known.
   */
  List<Registers> registers();
}
