/**
 * Linux in a guest: found without a profile where the kernel carries what it takes. {@link
 * org.vmi4j.os.linux.Linux} is where to begin.
 */
package org.vmi4j.os.linux;
