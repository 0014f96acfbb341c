/** The base classes and options of commands. */
package org.vmi4j.shell.command;
