/** The memory of processes. */
package org.vmi4j.os.linux.mm;
