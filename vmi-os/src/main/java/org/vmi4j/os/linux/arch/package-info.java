/** What differs between the architectures that Linux runs on. */
package org.vmi4j.os.linux.arch;
