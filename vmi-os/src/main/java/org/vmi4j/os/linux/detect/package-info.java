/** Finds a Linux kernel: its page tables, its symbols and its types. */
package org.vmi4j.os.linux.detect;
