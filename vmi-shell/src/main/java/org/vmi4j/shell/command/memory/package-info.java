/** Commands: Memory. */
package org.vmi4j.shell.command.memory;
