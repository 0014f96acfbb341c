/** Searching memory for bytes. */
package org.vmi4j.api.search;
