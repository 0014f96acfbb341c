package org.vmi4j.profiles.json;

/**
 * Where a value is in a text.
 *
 * @param start the offset of its first byte
 * @param end the offset behind its last byte
 */
public record Slice(int start, int end) {}
