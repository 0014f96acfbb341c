package org.vmi4j.os.linux.kernel;

import org.vmi4j.os.GuestModule;

/**
 * A module that the kernel has loaded.
 *
 * @param name its name
 * @param address where its code begins, as in /proc/modules
 * @param size how many bytes it takes in all, as in /proc/modules
 */
public record LinuxModule(String name, long address, long size) implements GuestModule {}
