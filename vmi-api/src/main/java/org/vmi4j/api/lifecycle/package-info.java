/** Teardown: the stack of undo actions of a machine, run at close and at the end of the JVM. */
package org.vmi4j.api.lifecycle;
