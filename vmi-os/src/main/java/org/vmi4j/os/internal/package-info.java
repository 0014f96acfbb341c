/** Helpers of this module; not exported. */
package org.vmi4j.os.internal;
