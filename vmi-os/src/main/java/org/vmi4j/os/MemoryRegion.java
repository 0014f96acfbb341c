package org.vmi4j.os;

import java.util.Optional;

/**
 * A region of a process's memory.
 *
 * @param start its first address
 * @param end the address after its last
 * @param rights what the process may do there
 * @param shared whether the process writes into memory that others see; false if it gets a copy of
 *     its own of each page that it writes to
 * @param backing what its pages come from
 */
public record MemoryRegion(long start, long end, Rights rights, boolean shared, Backing backing) {

  /**
   * Returns why no program can have this region, as a damaged or hostile guest may claim it: it
   * ends before it starts, or lies beyond the half of the addresses that programs have.
   *
   * @param pointerSize the size of a pointer of the program, 4 or 8
   */
  public Optional<String> damage(int pointerSize) {
    long highest = pointerSize == Long.BYTES ? Long.MAX_VALUE : 1L << Integer.SIZE;
    return start < 0 || end <= start || end > highest
        ? Optional.of(
            String.format("a region from 0x%x to 0x%x is left out: it is damaged", start, end))
        : Optional.empty();
  }
}
