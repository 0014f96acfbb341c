package org.vmi4j.profiles.json;

/**
 * The position of a value in a text.
 *
 * @param start the offset of its first byte
 * @param end the offset after its last byte
 */
public record Slice(int start, int end) {}
