/** The host as its files describe it: its root, Xen's release, mounted file systems. */
package org.vmi4j.xen.host;
