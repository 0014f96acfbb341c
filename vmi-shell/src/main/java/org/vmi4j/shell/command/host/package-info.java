/** Commands: This host. */
package org.vmi4j.shell.command.host;
