/** Memory images as virtual machines: raw, ELF core, Xen core and LiME, plain or compressed. */
package org.vmi4j.snapshot;
