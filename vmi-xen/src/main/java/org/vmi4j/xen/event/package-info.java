/** Events of a domain: Xen's ring, its monitors, rights of frames, views, and recovery. */
package org.vmi4j.xen.event;
