package org.vmi4j.profiles;

/**
 * A floating-point number.
 *
 * @param name its name in C
 * @param size bytes
 */
public record FloatType(String name, long size) implements Type {}
