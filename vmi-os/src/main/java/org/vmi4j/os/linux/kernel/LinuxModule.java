package org.vmi4j.os.linux.kernel;

import org.vmi4j.os.GuestModule;

/**
 * A loaded module of the kernel (struct module of include/linux/module.h).
 *
 * @param name its name
 * @param address the address of its code, as in /proc/modules
 * @param size its total size in bytes, as in /proc/modules
 */
public record LinuxModule(String name, long address, long size) implements GuestModule {}
