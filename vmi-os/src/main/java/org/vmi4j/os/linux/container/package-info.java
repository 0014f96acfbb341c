/** The containers of the Linux kernel, for programs that follow further structures. */
package org.vmi4j.os.linux.container;
