/** Finding bytes in memory. */
package org.vmi4j.api.search;
