/** Commands: Processes. */
package org.vmi4j.shell.command.process;
