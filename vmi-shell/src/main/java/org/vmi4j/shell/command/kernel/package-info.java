/** Commands: The kernel. */
package org.vmi4j.shell.command.kernel;
