package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.memory.Memory;

/** Reads memory one byte after another, fetching it in blocks. */
final class Bytes {
  private static final int BLOCK = 1 << 16;

  private final Memory memory;
  private final byte[] block = new byte[BLOCK];
  private long next;
  private int position;
  private int limit;

  Bytes(Memory memory, long address) {
    this.memory = memory;
    this.next = address;
  }

  /** The next byte, unsigned; a fault of the memory if it is not there. */
  int next() {
    if (position == limit) {
      fill();
    }
    return block[position++] & 0xff;
  }

  /** Passes over some bytes. */
  void skip(int count) {
    if (count <= limit - position) {
      position += count;
    } else {
      next = address() + count;
      position = 0;
      limit = 0;
    }
  }

  /** The address of the next byte. */
  long address() {
    return next - limit + position;
  }

  private void fill() {
    position = 0;
    limit = memory.readAvailable(next, block, 0, BLOCK);
    if (limit == 0) {
      memory.readByte(next);
      limit = memory.readAvailable(next, block, 0, 1);
    }
    next += limit;
  }
}
