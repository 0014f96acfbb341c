package org.vmi4j.os;

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
public record MemoryRegion(long start, long end, Rights rights, boolean shared, Backing backing) {}
