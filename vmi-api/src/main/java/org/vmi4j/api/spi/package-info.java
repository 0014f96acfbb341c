/** What a driver implements. */
package org.vmi4j.api.spi;
