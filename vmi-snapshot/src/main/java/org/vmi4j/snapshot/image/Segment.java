package org.vmi4j.snapshot.image;

/**
 * An extent of physical memory in an image.
 *
 * @param address its first physical address
 * @param length its length in bytes
 * @param offset where in the file it begins
 */
public record Segment(long address, long length, long offset) {

  /** Returns the physical address after its last. */
  public long end() {
    return address + length;
  }
}
