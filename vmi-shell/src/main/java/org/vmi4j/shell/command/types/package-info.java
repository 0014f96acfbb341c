/** Commands: Types. */
package org.vmi4j.shell.command.types;
