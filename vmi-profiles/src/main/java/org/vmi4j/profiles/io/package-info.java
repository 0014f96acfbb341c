/** Reads and writes profile files. */
package org.vmi4j.profiles.io;
