/**
 * Writing memory as ELF cores. Here in the core and not in the driver for images that reads them
 * back, since a driver is named by nobody: every program that has a {@link org.vmi4j.api.Vm} can
 * dump it, whatever its driver.
 */
package org.vmi4j.api.dump;
