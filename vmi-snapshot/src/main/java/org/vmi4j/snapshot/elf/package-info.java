/** ELF cores of whole machines. */
package org.vmi4j.snapshot.elf;
