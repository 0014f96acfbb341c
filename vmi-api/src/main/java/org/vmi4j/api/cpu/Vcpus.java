package org.vmi4j.api.cpu;

import java.util.List;
import java.util.stream.IntStream;
import org.vmi4j.api.Capability;

/** The capability to read the registers of a machine's virtual processors. */
public interface Vcpus extends Capability {

  /** How many processors the machine has, with those that are down; at least one. */
  int count();

  /**
   * Returns one processor. Reads nothing until its registers are requested.
   *
   * @param index its number, from 0
   * @throws IndexOutOfBoundsException if the machine has no such processor
   */
  Vcpu vcpu(int index);

  /** Returns all processors, in the order of their numbers. */
  default List<Vcpu> all() {
    return IntStream.range(0, count()).mapToObj(this::vcpu).toList();
  }

  /**
   * Reads the registers of all processors, in the order of their numbers.
   *
   * @throws org.vmi4j.api.VmiException if they cannot be read
   */
  default List<RegisterValues> registers() {
    return all().stream().map(Vcpu::registers).toList();
  }

  /**
   * Returns processors whose registers are recorded once and for all, as those of an image.
   *
   * @param registers those of each processor
   */
  static Vcpus recorded(List<RegisterValues> registers) {
    return new RecordedVcpus(registers);
  }
}
