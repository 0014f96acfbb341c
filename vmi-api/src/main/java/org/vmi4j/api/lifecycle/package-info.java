/** Undoing what was done: the stack that a machine closes with, and the end of the JVM. */
package org.vmi4j.api.lifecycle;
