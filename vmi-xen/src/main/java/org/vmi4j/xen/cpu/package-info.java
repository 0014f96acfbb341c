/** Virtual processors of a domain: registers and pausing. */
package org.vmi4j.xen.cpu;
