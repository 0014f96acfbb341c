/** The hypervisor and its domains: listing, names, state and end of a domain. */
package org.vmi4j.xen.domain;
