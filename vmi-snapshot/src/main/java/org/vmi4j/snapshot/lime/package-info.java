/** The format of the Linux Memory Extractor. */
package org.vmi4j.snapshot.lime;
