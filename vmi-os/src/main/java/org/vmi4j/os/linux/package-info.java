/**
 * Linux in a guest, found without a profile if the kernel carries its own types and symbols. The
 * entry point is {@link org.vmi4j.os.linux.Linux}.
 */
package org.vmi4j.os.linux;
