/** Checks of what a host needs for introspection. */
package org.vmi4j.xen.doctor;
