/** Guest memory, read in place. */
package org.vmi4j.api.memory;
