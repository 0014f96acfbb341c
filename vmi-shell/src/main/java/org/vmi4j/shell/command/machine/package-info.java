/** Commands: The machine. */
package org.vmi4j.shell.command.machine;
