/** The kernel's log. */
package org.vmi4j.os.linux.log;
