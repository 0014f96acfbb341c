/** The cores that xl dump-core writes. */
package org.vmi4j.snapshot.xencore;
