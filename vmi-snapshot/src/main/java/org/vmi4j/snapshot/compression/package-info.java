/** Compressed images, expanded into the cache. */
package org.vmi4j.snapshot.compression;
