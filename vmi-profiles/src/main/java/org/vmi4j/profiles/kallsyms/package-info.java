/**
 * The symbol table that a Linux kernel carries in its own memory, as scripts/kallsyms.c lays it out
 * and kernel/kallsyms.c reads it.
 */
package org.vmi4j.profiles.kallsyms;
