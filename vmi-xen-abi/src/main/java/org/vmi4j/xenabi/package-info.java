/** Records of Xen's public headers, without a call to Xen. */
package org.vmi4j.xenabi;
