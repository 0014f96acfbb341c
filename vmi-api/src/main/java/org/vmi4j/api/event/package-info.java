/**
 * What a running machine does, as its hypervisor reports it, and what may be answered. A driver
 * offers {@link org.vmi4j.api.event.EventSource} and what belongs to it as capabilities of a
 * machine; programs use them through the module vmi-events, which shares one channel among many
 * subscribers.
 */
package org.vmi4j.api.event;
