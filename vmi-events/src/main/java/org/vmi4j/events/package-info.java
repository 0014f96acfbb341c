/**
 * Events of a running machine for many subscribers. {@link org.vmi4j.events.Events} is the entry
 * point.
 */
package org.vmi4j.events;
