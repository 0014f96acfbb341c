/** ELF cores and the notes in them, read and written. */
package org.vmi4j.api.elf;
