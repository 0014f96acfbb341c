package org.vmi4j.os.linux.kernel;

/**
 * A file that a process has open.
 *
 * @param fd its file descriptor
 * @param position the file position, in bytes
 * @param flags the flags of open(2) as the kernel stores them (f_flags of struct file,
 *     include/linux/fs.h)
 * @param name its path, or what /proc/PID/fd calls it: {@code "pipe:[123]"}
 */
public record OpenFile(int fd, long position, int flags, String name) {}
