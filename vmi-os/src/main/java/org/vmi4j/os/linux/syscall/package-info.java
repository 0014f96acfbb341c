/** System calls: which a kernel has, and what one is called with. */
package org.vmi4j.os.linux.syscall;
