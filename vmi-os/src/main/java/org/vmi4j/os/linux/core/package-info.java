/** Cores of processes, as Linux writes them and debuggers read them. */
package org.vmi4j.os.linux.core;
