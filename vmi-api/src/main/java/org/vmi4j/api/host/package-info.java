/** What vmi4j keeps on the host that it runs on. */
package org.vmi4j.api.host;
