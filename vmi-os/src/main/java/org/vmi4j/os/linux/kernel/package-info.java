/** The description of a Linux kernel, and the records of its lists. */
package org.vmi4j.os.linux.kernel;
