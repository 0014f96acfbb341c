/** What all commands share. */
package org.vmi4j.shell.command;
