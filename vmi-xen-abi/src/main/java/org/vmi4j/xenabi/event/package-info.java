/** Xen's ring of events: {@code public/vm_event.h} and {@code public/io/ring.h}. No native code. */
package org.vmi4j.xenabi.event;
