package org.vmi4j.snapshot.image;

/**
 * A range of physical addresses without memory.
 *
 * @param start its first address
 * @param end the address after its last
 */
public record Hole(long start, long end) {}
