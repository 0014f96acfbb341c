package org.vmi4j.api.dump;

/**
 * An extent of memory in an ELF core: a program header of the type PT_LOAD.
 *
 * @param virtual where it lies in virtual memory ({@code p_vaddr})
 * @param physical where it lies in physical memory ({@code p_paddr})
 * @param length its length in bytes
 * @param flags the rights to it: 4 read, 2 write, 1 execute
 */
public record CoreSegment(long virtual, long physical, long length, int flags) {}
