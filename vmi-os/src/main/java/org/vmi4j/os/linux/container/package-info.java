/** The containers of the Linux kernel, for those who follow structures of their own. */
package org.vmi4j.os.linux.container;
