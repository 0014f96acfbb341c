package org.vmi4j.os.linux.kernel;

/**
 * A file that a process has open.
 *
 * @param fd its number in the process
 * @param position where the next read or write is, in bytes
 * @param flags the flags of open(2) as the kernel keeps them
 * @param name its path, or what /proc/PID/fd calls it: {@code "pipe:[123]"}
 */
public record OpenFile(int fd, long position, int flags, String name) {}
