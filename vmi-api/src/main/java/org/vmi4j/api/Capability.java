package org.vmi4j.api;

/**
 * Something that a driver may or may not be able to do with a virtual machine. A capability is an
 * interface that extends this one and is asked for by its type, with {@link Vm#find} or {@link
 * Vm#require}; it is never assumed.
 */
public interface Capability {}
