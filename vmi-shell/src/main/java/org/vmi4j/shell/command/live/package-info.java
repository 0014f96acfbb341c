/** Commands about what a running guest does. */
package org.vmi4j.shell.command.live;
