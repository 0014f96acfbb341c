package org.vmi4j.os.linux.kernel;

/**
 * A line of the kernel's log.
 *
 * @param nanoseconds when it was written, since the kernel started
 * @param level how bad it is, 0 (emergency) to 7 (debug)
 * @param text what it says
 */
public record LogLine(long nanoseconds, int level, String text) {}
