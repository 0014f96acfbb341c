/** The command line {@code vmi} and its shell. */
package org.vmi4j.shell;
