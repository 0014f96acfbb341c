/** Completion in the shell. */
package org.vmi4j.shell.complete;
