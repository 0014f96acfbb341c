package org.vmi4j.plugins.record;

/**
 * A column of a record type.
 *
 * @param key its name: a key of JSON and the header of a CSV column; lower case, words joined by
 *     {@code _}
 * @param kind the kind of its values
 */
public record Column(String key, Kind kind) {}
