package org.vmi4j.snapshot;

/**
 * An extent of physical memory in an image.
 *
 * @param address its first physical address
 * @param length its length in bytes
 * @param offset where in the file it begins
 */
record Segment(long address, long length, long offset) {

  long end() {
    return address + length;
  }
}
