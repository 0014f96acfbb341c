/** Bindings to Xen's C libraries and the C library, one class for each, and their errors. */
package org.vmi4j.xen.lib;
