/** VMCOREINFO, in which a kernel describes itself. */
package org.vmi4j.os.linux.vmcoreinfo;
