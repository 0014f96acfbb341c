/** A Linux kernel as it was found, and the records in which its lists are returned. */
package org.vmi4j.os.linux.kernel;
