package org.vmi4j.os;

/**
 * A region of a process's memory, as a line of /proc/PID/maps tells it.
 *
 * @param start its first address
 * @param end the address after its last
 * @param flags {@code "rw-p"}: readable, writable, executable, private or shared
 * @param offset where in the file it begins, in bytes; 0 when there is none
 * @param file the file, or a name in brackets such as {@code "[heap]"}, or nothing
 */
public record MemoryRegion(long start, long end, String flags, long offset, String file) {}
