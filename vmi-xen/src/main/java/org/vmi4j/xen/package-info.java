/** The driver for {@code xen:}, the domains of the Xen hypervisor on this machine. */
package org.vmi4j.xen;
