package org.vmi4j.os.linux.kernel;

/**
 * A line of the kernel's log.
 *
 * @param nanoseconds the time at which it was written, since the kernel started
 * @param level its severity (include/linux/kern_levels.h), 0 (emergency) to 7 (debug)
 * @param text the message
 */
public record LogLine(long nanoseconds, int level, String text) {}
