/** Memory of a domain, mapped into this process. */
package org.vmi4j.xen.memory;
