/** Records of the objects of a Linux guest. */
package org.vmi4j.plugins.linux;
