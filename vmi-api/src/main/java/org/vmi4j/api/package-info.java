/** Opening a virtual machine, and what it is. */
package org.vmi4j.api;
